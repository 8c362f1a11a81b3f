/**
 * The program under check, as a process.
 *
 * @module
 */

/** How a program is started. */
interface ProgramCall {
  /** Its name, without `.ts`. */
  name: string;
  /** Its text; empty if it isn't known. */
  source: string;
  /** The command and its arguments. */
  command: readonly string[];
  /** The folder that it runs in. */
  folder: string;
  /** All of its variables. */
  variables: Record<string, string>;
}

/** A line that a program printed. */
interface PrintedLine {
  text: string;
  /** When it came, in milliseconds, as `performance.now()` tells. */
  at: number;
}

/** More output than a program of the workbook ever has. */
const MOST_OUTPUT = 200_000;

/** A program under check. Disposing of it kills it. */
export class StudentProgram implements AsyncDisposable {
  /** Standard output so far. */
  stdout = "";
  /** Standard error so far. */
  stderr = "";
  /** The lines of standard output so far, without the last one's beginning. */
  readonly printed: PrintedLine[] = [];
  /** When it was started, in milliseconds, as `performance.now()` tells. */
  readonly startedAt = performance.now();
  /** The exit code, once it has ended. */
  code: number | undefined;
  /** Whether it ought to end, because a check has asked it to. */
  isToEnd = false;
  /** Whether a check has killed it, as a crash would. */
  isKilled = false;
  /** Its name, without `.ts`. */
  readonly name: string;
  /** Its text; empty if it isn't known. */
  readonly source: string;
  /** The folder that it runs in. */
  readonly folder: string;
  /** Called when it prints and when it ends. */
  onChange: () => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #over: Promise<void>;
  readonly #left = new AbortController();
  #begunLine = "";

  /** Starts the program. */
  constructor({ command, folder, variables, name, source }: ProgramCall) {
    this.name = name;
    this.source = source;
    this.folder = folder;
    const [executable = "", ...args] = command;
    this.#child = new Deno.Command(executable, {
      args,
      cwd: folder,
      clearEnv: true,
      env: variables,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.#over = Promise.all([
      this.#child.status,
      this.#collect("stdout"),
      this.#collect("stderr"),
    ]).then(([{ code }]) => {
      if (this.#begunLine !== "") this.#takeLines("\n");
      this.code = code;
      this.onChange();
    });
  }

  async #collect(name: "stdout" | "stderr"): Promise<void> {
    const { signal } = this.#left;
    const text = this.#child[name]
      .pipeThrough(new TextDecoderStream(), { signal });
    try {
      for await (const chunk of text) {
        if (this[name].length > MOST_OUTPUT) {
          this.#send("SIGKILL");
          continue;
        }
        this[name] += chunk;
        if (name === "stdout") this.#takeLines(chunk);
        this.onChange();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #takeLines(chunk: string): void {
    const at = performance.now();
    const lines = (this.#begunLine + chunk).split("\n");
    this.#begunLine = lines.pop() ?? "";
    for (const line of lines) {
      this.printed.push({ text: line.replace(/\r$/, ""), at });
    }
  }

  /** The text of the lines that it printed so far. */
  get lines(): string[] {
    return this.printed.map(({ text }) => text);
  }

  /** Whether it printed far too much and was stopped for it. */
  get hasFlooded(): boolean {
    return this.stdout.length > MOST_OUTPUT || this.stderr.length > MOST_OUTPUT;
  }

  /** Types a line. What a program that has ended doesn't read is lost. */
  type(line: string): Promise<void> {
    return this.write(`${line}\n`);
  }

  /** Writes to standard input: some lines, or a part of one. */
  async write(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text)).catch(() => {});
  }

  /** Ends standard input. */
  async endInput(): Promise<void> {
    this.isToEnd = true;
    await this.#input.close().catch(() => {});
  }

  /** Sends a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    this.isToEnd = true;
    this.isKilled = signal === "SIGKILL";
    this.#send(signal);
  }

  #send(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended in this moment.
    }
  }

  /** Kills it and waits until it has gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.code === undefined) this.kill("SIGKILL");
    await this.#child.status;
    // What it has started itself may still hold the other ends.
    this.#left.abort();
    await this.#input.abort().catch(() => {});
    await this.#over;
  }
}

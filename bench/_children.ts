import { basename } from "node:path";

/** Longer than any run takes, also on a machine that is slow and busy. */
const DEADLINE_SECONDS = 120;

/** How {@linkcode startChild} runs a child. */
interface ChildOptions {
  /** The folder that it runs in. */
  folder?: string;
  /** Is given each line of its standard error, when it comes. */
  onLog?: (line: string) => void;
  /** After how many seconds it is killed; 120 unless given. */
  deadline?: number;
  /** Whether its output is of no interest, and costs nobody anything. */
  quiet?: boolean;
}

/** A process that takes part in a run. Disposing of it kills it. */
interface Child extends AsyncDisposable {
  /** The next line of its standard output, read as JSON. */
  next<T>(): Promise<T>;
  /** Waits for its end, and rejects unless it ends well. */
  finished(): Promise<void>;
}

const running = new Set<Deno.ChildProcess>();
let isStopped = false;

/** Kills every child and starts no more, when this process has to end. */
export function stopChildren(): void {
  isStopped = true;
  for (const child of running) kill(child);
}

/** Starts a process: what to run, and its arguments. */
export function startChild(
  command: readonly string[],
  options: ChildOptions = {},
): Child {
  if (isStopped) throw new Error("Interrupted");
  const { folder, deadline = DEADLINE_SECONDS } = options;
  const child = new Deno.Command(command[0]!, {
    args: command.slice(1),
    stdin: "null",
    stdout: options.quiet ? "null" : "piped",
    stderr: "piped",
    ...(folder !== undefined && { cwd: folder }),
  }).spawn();
  running.add(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    kill(child);
  }, deadline * 1000);
  let complaint = "";
  const output = new LineQueue();
  const ended = Promise.all([
    child.status,
    eachLine(child.stderr, (line) => {
      if (line.trim() !== "") complaint = line;
      options.onLog?.(line);
    }),
    options.quiet || eachLine(child.stdout, (line) => output.push(line)),
  ]).then(([status]) => {
    clearTimeout(timer);
    running.delete(child);
    output.close();
    return status;
  });

  async function failure(): Promise<Error> {
    const { code } = await ended;
    const end = isLate
      ? `was killed after ${deadline} s`
      : `ended with status ${code}`;
    return new Error(`${nameOf(command)} ${end}: ${complaint || "no reason"}`);
  }
  return {
    async next<T>() {
      const line = await output.next();
      if (line === undefined) throw await failure();
      return JSON.parse(line) as T;
    },
    async finished() {
      if (!(await ended).success) throw await failure();
    },
    async [Symbol.asyncDispose]() {
      kill(child);
      await ended;
    },
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
}

class LineQueue {
  readonly #lines: string[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  push(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#lines.shift();
  }
}

function nameOf(command: readonly string[]): string {
  const script = command.find((part) => /\.(ts|py)$/.test(part));
  return basename(script ?? command[0]!);
}

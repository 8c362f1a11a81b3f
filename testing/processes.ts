/**
 * Other programs, run by tests.
 *
 * @module
 */
import { within } from "./deadline.ts";
import { denoFlags } from "./deno_flags.ts";
import { assertEquals } from "@std/assert";

/** A program that runs. Disposing of it kills it. */
export interface Process extends AsyncDisposable {
  pid: number;
  /**
   * Waits until standard output has a line that contains a text. Between two
   * pieces of output there may be 30 s of silence unless more are given.
   */
  untilPrinted(text: string, milliseconds?: number): Promise<void>;
  /** Waits until standard error has a text in it. */
  untilLogged(text: string): Promise<void>;
  /** What standard output has had so far. */
  printed(): string;
  /** What standard error has had so far. */
  logged(): string;
  /** Writes to standard input, if it is piped. */
  write(text: string | Uint8Array): Promise<void>;
  /**
   * Ends standard input and waits for the program's end. After a signal the
   * input stays open: a program that ends for both reasons at once may have
   * stopped to listen before the signal is handled, which then kills it. It has
   * 30 s unless given others.
   */
  end(
    milliseconds?: number,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
  kill(signal: Deno.Signal): void;
  /** Sends a signal, SIGTERM unless told otherwise, and waits for its end. */
  stop(signal?: Deno.Signal): ReturnType<Process["end"]>;
}

/**
 * Starts a program.
 *
 * @param variables Variables that it gets besides this process's own.
 * @param folder The folder that it runs in; this process's own unless given.
 */
export function startProcess(
  command: string,
  args: string[],
  variables: Record<string, string> = {},
  folder?: string,
): Process {
  const child = new Deno.Command(command, {
    args,
    env: variables,
    ...folder !== undefined && { cwd: folder },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = { stdout: "", stderr: "" };
  let wake = () => {};
  const collect = async (name: "stdout" | "stderr") => {
    const text = child[name].pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      output[name] += chunk;
      wake();
    }
  };
  let isOver = false;
  let isSignalled = false;
  const over = Promise.all([
    child.status,
    collect("stdout"),
    collect("stderr"),
  ]).then(([{ code }]) => {
    isOver = true;
    wake();
    return code;
  });
  async function end(milliseconds = 30_000) {
    // The program may have closed its standard input itself.
    const close = () => input.close().catch(() => {});
    if (!isSignalled) await close();
    const code = await within(`the end of ${command}`, over, milliseconds);
    await close();
    return { code, ...output };
  }
  function kill(signal: Deno.Signal): void {
    isSignalled = true;
    child.kill(signal);
  }
  async function until(
    name: "stdout" | "stderr",
    text: string,
    milliseconds = 30_000,
  ) {
    while (!output[name].includes(text)) {
      if (isOver) {
        const { stdout, stderr } = output;
        throw new Error(
          `${command} ended without "${text}" on ${name}:\n${stdout}${stderr}`,
        );
      }
      const more = new Promise<void>((resolve) => wake = resolve);
      await within(`${command} to print "${text}"`, more, milliseconds);
    }
  }
  return {
    pid: child.pid,
    untilPrinted: (text, milliseconds) => until("stdout", text, milliseconds),
    printed: () => output.stdout,
    logged: () => output.stderr,
    untilLogged: (text) => until("stderr", text),
    async write(data) {
      const bytes = typeof data === "string"
        ? new TextEncoder().encode(data)
        : data;
      await within(`${command} to read`, input.write(bytes));
    },
    end,
    kill,
    stop(signal = "SIGTERM") {
      kill(signal);
      return end();
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) {
        isSignalled = true;
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended in this moment.
        }
      }
      await end();
    },
  };
}

/**
 * Starts a command in a terminal of its own.
 *
 * @param script The peer `script`, which makes the terminal.
 * @param command The command, as a shell reads it.
 * @param variables Variables that it gets besides this process's own.
 * @returns The terminal, which prints what is seen there.
 */
export function startTerminal(
  script: string,
  command: string,
  variables: Record<string, string> = {},
): Process {
  return startProcess(
    script,
    ["--quiet", "--return", "--command", command, "/dev/null"],
    { NO_COLOR: "1", SHELL: "/bin/sh", ...variables },
  );
}

/**
 * Runs a module in a process of its own, which has all permissions.
 *
 * @param text The module's text; it imports by URL.
 * @param variables The variables that it has besides this process's.
 * @returns What it prints.
 * @throws {Error} If it ends with another code than 0; with what it said.
 */
export async function inOwnProcess(
  text: string,
  variables: Record<string, string>,
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, text);
    const args = ["run", "--allow-all", "--no-check", ...denoFlags(), file];
    await using process = startProcess(Deno.execPath(), args, variables);
    const { code, stdout, stderr } = await process.end();
    if (code !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    await Deno.remove(file);
  }
}

/** Where a broker is, in the flags of mosquitto's clients. */
export function placeFlags({ port }: { port: number }): string[] {
  return ["-h", "127.0.0.1", "-p", String(port)];
}

/** Runs a program to its end, which must be a good one; gives what it printed. */
export async function runPeer(
  command: string,
  args: string[],
): Promise<string> {
  await using process = startProcess(command, args);
  const { code, stdout, stderr } = await process.end();
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

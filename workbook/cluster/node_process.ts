/** How a program of a cluster is started. */
export interface NodeProgram {
  command: string;
  args: readonly string[];
  /** Variables that it gets besides this process's own. */
  variables?: Readonly<Record<string, string>>;
}

/** A program of a cluster that runs. */
export interface NodeProcess {
  readonly pid: number;
  /** Resolves when it has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Kills it as `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>;
}

/** How much of what it prints is remembered, in characters. */
const REMEMBERED = 4000;

/** What a line that tells of the trouble has in it, for both engines. */
const TROUBLE = /\[(?:FTL|ERR|error)\]|\berror\b/i;

/** The beginning of a line of a log: process, date, time, level. */
const LINE_HEAD = /^(?:\[\d+\] )?[\d/-]+ [\d:.+]+ (?:\S+ )?\[\w+\] (?:<\S+> )?/;

/** Starts a program of a cluster, in a folder. */
export function startNode(
  { command, args, variables = {} }: NodeProgram,
  folder: string,
): NodeProcess {
  const child = new Deno.Command(command, {
    args: [...args],
    env: variables,
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let words = "";
  async function remember(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      words = (words + text).slice(-REMEMBERED);
    }
  }
  const ended = Promise.all([
    child.status,
    remember(child.stdout),
    remember(child.stderr),
  ]).then(() => lastWords(words));
  return {
    pid: child.pid,
    ended,
    async kill() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await ended;
    },
  };
}

/** The line that says why a program has ended, as far as one can tell. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const line = lines.findLast((line) => TROUBLE.test(line)) ?? lines.at(-1);
  return line?.replace(LINE_HEAD, "") ?? "it printed nothing";
}

/**
 * The programs of a cluster: what an engine says of them, and how they run.
 *
 * @module
 */

/** How a program of a cluster is started. */
interface NodeProgram {
  command: string;
  args: readonly string[];
  /** Variables that it gets besides this process's own. */
  variables?: Readonly<Record<string, string>>;
}

/** A program of a cluster that runs. */
interface NodeProcess {
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

/** The numbers of a cluster's nodes. */
export const NODE_NUMBERS = [1, 2, 3] as const;

/** What an engine is to be set up with. */
export interface Place {
  /** An empty folder, for the configuration and for what the nodes keep. */
  folder: string;
  /** The files of the engine's programs. */
  programs: readonly string[];
  /** The ports for MQTT, one a node. */
  ports: readonly number[];
  /** The user that may do everything. */
  username: string;
  password: string;
}

/** An engine with its configuration written. */
export interface EngineSetup {
  /** A program that all nodes need. */
  helper?: NodeProgram;
  /** The nodes' programs, in the order of their numbers. */
  nodes: readonly NodeProgram[];
  /** Whether each may be started only once those before are a cluster. */
  startsInTurn?: boolean;
  /** Whether a node has found the others; asked before MQTT is spoken. */
  hasJoined?: (number: number) => Promise<boolean>;
  /** Which node leads the others in keeping messages, as a running one of them says. */
  findLeader?: (number: number) => Promise<number | undefined>;
}

/** The processes of a cluster's nodes. Disposing of them kills them. */
export class RunningNodes implements AsyncDisposable {
  readonly #setup: EngineSetup;
  readonly #folder: string;
  readonly #tell: (line: string) => void;
  readonly #processes = new Map<number, NodeProcess>();

  /** None runs yet; each will, in a folder, and `tell` takes what becomes of it. */
  constructor(
    setup: EngineSetup,
    folder: string,
    tell: (line: string) => void,
  ) {
    this.#setup = setup;
    this.#folder = folder;
    this.#tell = tell;
  }

  /** The number of a node's process, if it runs. */
  pid(number: number): number | undefined {
    return this.#processes.get(number)?.pid;
  }

  /** Starts a node that is down; what it returns aborts when the node has ended. */
  start(number: number): AbortSignal {
    const process = startNode(this.#setup.nodes[number - 1]!, this.#folder);
    this.#processes.set(number, process);
    const gone = new AbortController();
    process.ended.then((words) => {
      if (this.#processes.get(number) !== process) {
        return gone.abort(new Error(`Node ${number} was killed`));
      }
      this.#processes.delete(number);
      const line = `Node ${number} has ended by itself: ${words}`;
      this.#tell(line);
      gone.abort(new Error(line));
    });
    return gone.signal;
  }

  /** Kills a node that runs; resolves when it is gone. */
  async kill(number: number): Promise<void> {
    const process = this.#processes.get(number);
    this.#processes.delete(number);
    await process?.kill();
  }

  /** Kills all that run. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((n) => this.kill(n)));
  }
}

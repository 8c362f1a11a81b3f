import type { EngineSetup } from "./engine_setup.ts";
import { type NodeProcess, startNode } from "./node_process.ts";

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

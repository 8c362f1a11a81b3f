import { within } from "../deadline.ts";
import type { Testimony } from "./witness.ts";

/** A well-behaved client beside the fuzzer. */
interface Witness extends AsyncDisposable {
  /** What it has said last. */
  testimony(): Testimony;
  /** Waits until all that it has sent has come back, and lets it leave. */
  end(): Promise<void>;
}

/** Starts the client in a worker, so that the fuzzer doesn't hold it up. */
export async function startWitness(port: number): Promise<Witness> {
  const module = new URL("witness.ts", import.meta.url).href;
  const worker = new Worker(module, { type: "module" });
  let last: Testimony | undefined;
  let wake = () => {};
  const until = async (condition: (testimony: Testimony) => boolean) => {
    while (last === undefined || !condition(last)) {
      const more = new Promise<void>((resolve) => wake = resolve);
      await within("the client beside", more, 30_000);
    }
    if (last.error !== undefined) throw new Error(last.error);
  };
  worker.onmessage = ({ data }: MessageEvent<Testimony>) => {
    last = data;
    wake();
  };
  worker.postMessage(`mqtt://127.0.0.1:${port}`);
  await until(({ received, error }) => received > 0 || error !== undefined);
  return {
    testimony: () => last!,
    async end() {
      worker.postMessage("end");
      await until(({ isOver, error }) => isOver || error !== undefined);
    },
    [Symbol.asyncDispose]() {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/**
 * A broker in a thread of its own, which runs on while a test blocks the program.
 *
 * @module
 */
import { within } from "../deadline.ts";

/** A broker that another thread runs. */
interface BrokerThread extends Disposable {
  url: string;
}

/** Starts the embedded broker in another thread; disposing of it ends both. */
export async function startBrokerThread(): Promise<BrokerThread> {
  const module = import.meta.resolve("./broker_worker.ts");
  const worker = new Worker(module, { type: "module" });
  const started = new Promise<string>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  return {
    url: await within("the broker", started),
    [Symbol.dispose]: () => worker.terminate(),
  };
}

import { within } from "../deadline.ts";
import type { ProbeReport } from "./probe_worker.ts";

/** A well-behaved client beside the fuzzer. */
interface Probe extends AsyncDisposable {
  /** What it has said last. */
  report(): ProbeReport;
  /** Waits until all that it has sent has come back, and lets it leave. */
  end(): Promise<void>;
}

/** Starts the client in a worker, so that the fuzzer doesn't hold it up. */
export async function startProbe(port: number): Promise<Probe> {
  const module = new URL("probe_worker.ts", import.meta.url).href;
  const worker = new Worker(module, { type: "module" });
  let last: ProbeReport | undefined;
  let wake = () => {};
  const until = async (condition: (report: ProbeReport) => boolean) => {
    while (last === undefined || !condition(last)) {
      const more = new Promise<void>((resolve) => wake = resolve);
      await within("the client beside", more, 30_000);
    }
    if (last.error !== undefined) throw new Error(last.error);
  };
  worker.onmessage = ({ data }: MessageEvent<ProbeReport>) => {
    last = data;
    wake();
  };
  worker.postMessage(`mqtt://127.0.0.1:${port}`);
  await until(({ received, error }) => received > 0 || error !== undefined);
  return {
    report: () => last!,
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

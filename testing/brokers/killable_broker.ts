/**
 * The command `broker` with a store, for tests that kill it.
 *
 * @module
 */
import type { Process } from "../processes.ts";
import { startBrokerCommand } from "../project/commands.ts";

/** A broker that can be killed and started anew. Disposing of it ends it. */
interface KillableBroker extends AsyncDisposable {
  /** Where it is, before and after a kill. */
  readonly url: string;
  /** The port in the URL. */
  readonly port: number;
  /** Kills it with SIGKILL, and waits until the system has ended it. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and store. */
  start(): Promise<void>;
}

/**
 * Starts a broker on a free port, with a store in a folder of its own.
 *
 * @returns The broker, once it accepts connections.
 */
export async function startKillableBroker(): Promise<KillableBroker> {
  const store = await Deno.makeTempDir();
  let port = 0;
  let process: Process | undefined;

  async function start(): Promise<void> {
    const args = ["--port", `${port}`, "--store", `${store}/store`];
    const broker = await startBrokerCommand(args);
    process = broker;
    port = Number(new URL(broker.urls[0]!).port);
  }
  async function end(): Promise<void> {
    await process?.[Symbol.asyncDispose]();
    await Deno.remove(store, { recursive: true });
  }
  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    start,
    async kill() {
      process!.kill("SIGKILL");
      await process!.end();
    },
    [Symbol.asyncDispose]: end,
  };
}

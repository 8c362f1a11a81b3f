/**
 * An embedded broker with a store, started again and again by one test.
 *
 * @module
 */
import {
  type Broker,
  type BrokerOptions,
  startBroker,
} from "../../lib/broker.ts";

/** Ends the broker if it runs, and starts it anew on its store. */
type Restart = (options?: BrokerOptions) => Promise<Broker>;

/** Defines a test with a store, and a function that starts the broker anew on it. */
export function storeTest(
  name: string,
  run: (restart: Restart, store: string) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const store = await Deno.makeTempDir();
    let broker: Broker | undefined;
    try {
      await run(async (options) => {
        await broker?.close();
        return broker = await startBroker({ port: 0, store, ...options });
      }, store);
    } finally {
      await broker?.close();
      await Deno.remove(store, { recursive: true });
    }
  });
}

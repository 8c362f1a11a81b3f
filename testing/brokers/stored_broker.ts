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
import { temporaryFolder } from "../temporary_folder.ts";

/** A store, and the broker that has it. Disposing of it removes both. */
export interface StoredBroker extends AsyncDisposable {
  /** The store's folder. */
  readonly store: string;
  /** Ends the broker if it runs, and starts it anew on the store. */
  restart(options?: BrokerOptions): Promise<Broker>;
}

/** Makes a store, which no broker has yet. */
export async function storeBroker(): Promise<StoredBroker> {
  const folder = await temporaryFolder();
  let broker: Broker | undefined;
  return {
    store: folder.path,
    async restart(options) {
      await broker?.close();
      broker = await startBroker({ port: 0, store: folder.path, ...options });
      return broker;
    },
    async [Symbol.asyncDispose]() {
      await broker?.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

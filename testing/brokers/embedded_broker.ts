/**
 * The embedded broker, as tests start it.
 *
 * @module
 */
import {
  type Broker,
  type BrokerOptions,
  startBroker,
} from "../../lib/broker.ts";
import { LOCALHOST } from "../certificates/certificates.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** Options for a broker that listens for each transport. */
export const EVERYWHERE = {
  ...{ port: 0, websocketPort: 0 },
  tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
};

/** The addresses of a broker: for TCP, WebSocket, TLS and secure WebSocket. */
export function urlsOf(broker: Broker): string[] {
  const { url, websocketUrl, tlsUrl, secureWebsocketUrl } = broker;
  return [url, websocketUrl!, tlsUrl!, secureWebsocketUrl!];
}

/** The ports of these addresses. */
export function portsOf(broker: Broker): number[] {
  return urlsOf(broker).map((url) => Number(new URL(url).port));
}

/** A broker, and what it has logged so far. */
export interface TestBroker extends Broker {
  readonly lines: string[];
}

/** Starts a broker on a free port of loopback, unless told otherwise. */
export async function openBroker(
  options: BrokerOptions = {},
): Promise<TestBroker> {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const broker = await startBroker({ port: 0, log, ...options });
  return { ...broker, lines };
}

/** A store, and the broker that has it. Disposing of it removes both. */
export interface StoredBroker extends AsyncDisposable {
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

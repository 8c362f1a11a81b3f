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

/** A broker, which ends with the test if it is the test's own. */
interface AnyBroker extends AsyncDisposable {
  readonly url: string;
}

/** The address of the one that is shared, if the run has one. */
export function sharedBrokerUrl(): string | undefined {
  return Deno.env.get("WORKBOOK_BROKER") || undefined;
}

/** What the names of the tests have in them that talk to a shared broker. */
export const ON_SHARED_BROKER = " on the shared broker";

/** Says in a test's name that it talks to the shared broker, if there is one. */
export function onSharedBroker(name: string): string {
  return sharedBrokerUrl() === undefined ? name : `${name}${ON_SHARED_BROKER}`;
}

/** The first of some features that the shared broker lacks. */
export function findLacking(needs: readonly string[]): string | undefined {
  const lacking: string[] = JSON.parse(
    Deno.env.get("WORKBOOK_BROKER_LACKS") || "[]",
  );
  return needs.find((feature) => lacking.includes(feature));
}

/** Gives the one that is shared, or else starts an embedded one. */
export async function anyBroker(): Promise<AnyBroker> {
  const url = sharedBrokerUrl();
  if (url === undefined) return await openBroker();
  return { url, [Symbol.asyncDispose]: async () => {} };
}

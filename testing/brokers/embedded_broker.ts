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

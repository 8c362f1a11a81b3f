/**
 * The way to the broker, whatever `MQTT_URL` says.
 *
 * @module
 */
import { connect, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
// @ts-types="npm:@types/ws@8.18.2"
import { createWebSocketStream, WebSocket } from "ws";
import { printable } from "../../lib/mod.ts";

const OPENERS: Record<string, (url: URL) => Duplex> = {
  "mqtt:": (url) => connect({ ...addressOf(url, 1883), noDelay: true }),
  "mqtts:": (url) => {
    const address = addressOf(url, 8883);
    // A certificate's name can be asked for, an IP address can't.
    const servername = isIP(address.host) === 0 ? address.host : undefined;
    return connectTls({ ...address, ...servername && { servername } });
  },
  "ws:": openWebSocket,
  "wss:": openWebSocket,
};

/**
 * Takes a broker's address apart. A user and a password in it aren't used: they
 * are for the client to say, and the client is the page.
 *
 * @param text Such as `mqtt://localhost:1883`.
 * @throws {TypeError} If it isn't a URL of a broker.
 */
export function parseBrokerUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || url.hostname === "" || !Object.hasOwn(OPENERS, url.protocol)) {
    const shown = text.replace(/\/\/[^@/]*@/, "//…@");
    throw new TypeError(
      `MQTT_URL is "${shown}": it must be a URL of mqtt, mqtts, ws or wss`,
    );
  }
  return url;
}

/**
 * Opens a connection to a broker. That it can't be reached, and that it is back,
 * is told on standard error.
 *
 * @returns A stream of the bytes both ways.
 */
export function openStream(broker: URL): Duplex {
  const stream = OPENERS[broker.protocol]!(broker);
  let isOpen = false;
  stream.once("data", () => {
    isOpen = true;
    if (!isReachable) console.error(`Reached the broker at ${broker.host}`);
    isReachable = true;
  });
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // A page that leaves is no trouble of the broker's.
    if (isOpen || !isReachable || code === "ERR_STREAM_PREMATURE_CLOSE") return;
    console.error(
      printable(`Can't reach the broker at ${broker.host}: ${message}`),
    );
    isReachable = false;
  });
  return stream;
}
/** Whether the last connection was one, so that trouble is told once. */
let isReachable = true;

function addressOf({ hostname, port }: URL, defaultPort: number) {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: Number(port || defaultPort) };
}

function openWebSocket(url: URL): Duplex {
  return createWebSocketStream(new WebSocket(url, "mqtt"));
}

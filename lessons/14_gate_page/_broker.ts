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
import { type BrokerAddress, printable } from "../../lib/mod.ts";

// Unless it is said, NODE_TLS_REJECT_UNAUTHORIZED=0 would turn it off.
const VERIFIED = { rejectUnauthorized: true };

const OPENERS = {
  mqtt: ({ hostname: host, port }: BrokerAddress) =>
    connect({ host, port, noDelay: true }),
  mqtts: ({ hostname: host, port }: BrokerAddress) => {
    // A certificate's name can be asked for, an IP address can't.
    const servername = isIP(host) === 0 ? host : undefined;
    return connectTls({
      ...{ host, port, ...VERIFIED },
      ...servername && { servername },
    });
  },
  ws: openWebSocket,
  wss: openWebSocket,
};

/**
 * Opens a connection to a broker. That it can't be reached, and that it is back,
 * is told on standard error. A user and a password in its address aren't used:
 * they are for the client to say, and the client is the page.
 *
 * @returns A stream of the bytes both ways.
 */
export function openStream(broker: BrokerAddress): Duplex {
  const stream = OPENERS[broker.protocol](broker);
  let isOpen = false;
  stream.once("data", () => {
    isOpen = true;
    if (!isReachable) console.error(`Reached the broker at ${broker.label}`);
    isReachable = true;
  });
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // A page that leaves is no trouble of the broker's.
    if (isOpen || !isReachable || code === "ERR_STREAM_PREMATURE_CLOSE") return;
    console.error(
      printable(`Can't reach the broker at ${broker.label}: ${message}`),
    );
    isReachable = false;
  });
  return stream;
}
/** Whether the last connection was one, so that trouble is told once. */
let isReachable = true;

function openWebSocket({ protocol, label, path }: BrokerAddress): Duplex {
  const url = `${protocol}://${label}${path}`;
  return createWebSocketStream(new WebSocket(url, "mqtt", VERIFIED));
}

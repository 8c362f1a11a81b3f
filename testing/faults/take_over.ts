/**
 * Another client that comes with somebody's id.
 *
 * @module
 */
import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import mqttPacket from "mqtt-packet";
import { keptSession, type Protocol } from "../clients/protocols.ts";

/** How long a connection may take, in milliseconds. */
const CONNECT_MILLISECONDS = 5000;

/**
 * Takes a session over: connects with its client id, and stays for a while or until
 * the owner takes it back. It keeps the session, and acknowledges nothing, so that
 * nothing is lost.
 *
 * @param port The broker's.
 * @param options Whose id, in which version of the protocol, and how long to stay at
 *   most, in milliseconds.
 */
export async function takeOver(
  port: number,
  { clientId, protocol, stay }: {
    clientId: string;
    protocol: Protocol;
    stay: number;
  },
): Promise<void> {
  const socket = createConnection({ host: "127.0.0.1", port });
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("error", () => socket.destroy());
  const { clean, ...session } = keptSession(clientId, protocol);
  socket.write(mqttPacket.generate({
    cmd: "connect",
    protocolId: "MQTT",
    keepalive: 0,
    clean,
    ...session,
  }));
  const ending = new AbortController();
  const wait = (milliseconds: number) =>
    pause(milliseconds, undefined, ending).catch(() => {});
  const answered = once(socket, "data", ending).catch(() => {});
  await Promise.race([answered, closed, wait(CONNECT_MILLISECONDS)]);
  socket.resume();
  await Promise.race([closed, wait(stay)]);
  ending.abort();
  socket.destroy();
  await closed;
}

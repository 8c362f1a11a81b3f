/**
 * What several tests with a scripted broker need.
 *
 * @module
 */

import type { Packet } from "mqtt-packet";
import type { Message } from "../../lib/message.ts";
import { within } from "../deadline.ts";
import { type ScriptedBroker, startScriptedBroker } from "./scripted_broker.ts";

/** A short pause between two attempts to connect. */
export const QUICK: [shortest: number, longest: number] = [0.02, 0.1];

/** A log that nobody reads. */
export function silent(): void {}

/** Options of a client whose session outlives it. */
export const KEPT = {
  clientId: "recorder",
  clean: false,
  retryDelay: QUICK,
  log: silent,
} as const;

/** Sends a message on `iot/x` on a broker's newest connection. */
export function deliver(
  broker: ScriptedBroker,
  message: { qos: 0 | 1 | 2; id?: number; text?: string; dup?: boolean },
): void {
  const { qos, id = 0, text = `${id}`, dup = false } = message;
  broker.connections.at(-1)!.send({
    cmd: "publish",
    topic: "iot/x",
    payload: text,
    qos,
    messageId: id,
    retain: false,
    dup,
  });
}

/** Cuts the connection, and waits until the client has the next one. */
export async function reconnect(broker: ScriptedBroker): Promise<void> {
  const count = broker.connections.length;
  broker.connections.at(-1)!.socket.destroy();
  await within("CONNECT", broker.received("connect", count + 1));
}

/** Starts a broker whose connections after the first resume the session, or don't. */
export function startKeeping(
  sessionPresent: boolean,
  silentOn: Packet["cmd"][] = [],
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker((packet, { send }) => {
    if (silentOn.includes(packet.cmd)) return "answered";
    if (packet.cmd !== "connect") return;
    const isLater = connections++ > 0;
    send({
      cmd: "connack",
      returnCode: 0,
      sessionPresent: isLater && sessionPresent,
    });
    return "answered";
  });
}

/** Collects messages, and waits for a number of them. */
export function collector(): {
  texts: string[];
  take: (message: Message) => void;
  have: (count: number) => Promise<void>;
} {
  const texts: string[] = [];
  let changed = Promise.withResolvers<void>();
  return {
    texts,
    take: ({ topic, text }) => {
      texts.push(`${topic} ${text}`);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    async have(count) {
      while (texts.length < count) {
        await within(`message ${texts.length + 1}`, changed.promise);
      }
    },
  };
}

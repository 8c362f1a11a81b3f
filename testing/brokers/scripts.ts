/**
 * What several tests with a scripted broker need.
 *
 * @module
 */
import type { Packet } from "mqtt-packet";
import type { Client } from "../../lib/client/options.ts";
import type { Message } from "../../lib/message.ts";
import {
  type OnMessage,
  subscribe,
  type SubscribeOptions,
  type Subscription,
  type Topics,
} from "../../lib/subscribe.ts";
import { within } from "../deadline.ts";
import {
  type Script,
  type ScriptedBroker,
  type ScriptedConnection,
  startScriptedBroker,
} from "./scripted_broker.ts";

/** A short pause between two attempts to connect. */
export const QUICK: [shortest: number, longest: number] = [0.02, 0.1];

/** A log that nobody reads. */
export function silent(): void {}

/** Options of a client that is soon back, and says nothing of it. */
export const QUIET = { retryDelay: QUICK, log: silent };

/** Options of a client whose session outlives it. */
export const KEPT = {
  clientId: "recorder",
  clean: false,
  retryDelay: QUICK,
  log: silent,
} as const;

/** A message for {@linkcode deliver}. */
interface Delivery {
  qos: 0 | 1 | 2;
  id?: number;
  /** `iot/x` unless given. */
  topic?: string;
  /** The id unless given. */
  text?: string;
  dup?: boolean;
}

/** Has the broker say in MQTT 5 why it ends a connection, and end it. */
export function endWith(
  { send, socket }: ScriptedConnection,
  reasonCode: number,
): void {
  send({ cmd: "disconnect", reasonCode });
  socket.end();
}

/** Sends a message on a broker's newest connection. */
export function deliver(broker: ScriptedBroker, message: Delivery): void {
  const { qos, id = 0, topic = "iot/x", dup = false } = message;
  broker.connections.at(-1)!.send({
    ...{ cmd: "publish", topic, payload: message.text ?? `${id}` },
    ...{ qos, messageId: id, retain: false, dup },
  });
}

/** Subscribes in the background, to `iot/#` unless told otherwise. */
export function listen(
  broker: { url: string },
  onMessage: OnMessage,
  { topics = "iot/#", ...options }: SubscribeOptions & { topics?: Topics } = {},
): Promise<Subscription> {
  return subscribe(broker.url, topics, onMessage, false, options);
}

/** Waits until a client is connected, or is no longer. */
export function until(
  client: Client,
  event: "connect" | "close" | "end" | "error",
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once(event, () => resolve());
  return within(event, promise);
}

/** Waits until a client has been sent so many packets of a kind. */
export function untilPacket(
  client: Client,
  command: Packet["cmd"],
  count = 1,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on("packetreceive", ({ cmd }) => {
    if (cmd === command && --count === 0) resolve();
  });
  return within(command, promise);
}

/** A handler that keeps each message until it is told to let go. */
export function holder(): {
  /** The messages that it has been given. */
  texts: string[];
  hold: (message: Message) => Promise<void>;
  /** Waits until it has been given a message. */
  called: () => Promise<void>;
  release: () => void;
} {
  const called = Promise.withResolvers<void>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const texts: string[] = [];
  return {
    texts,
    hold({ text }) {
      texts.push(text);
      called.resolve();
      return promise;
    },
    called: () => within("the handler", called.promise),
    release: resolve,
  };
}

/** Cuts the newest connection, and waits until its client knows. */
export async function lose(
  broker: ScriptedBroker,
  client: Client,
): Promise<void> {
  const lost = until(client, "close");
  broker.connections.at(-1)!.socket.destroy();
  await lost;
}

/** Cuts the newest connection, and waits until its client has another. */
export async function comeBack(
  broker: ScriptedBroker,
  client: Client,
): Promise<void> {
  const again = until(client, "connect");
  broker.connections.at(-1)!.socket.destroy();
  await again;
}

/** Starts a broker that never answers some kinds of packets. */
export function startSilentOn(
  ...commands: Packet["cmd"][]
): Promise<ScriptedBroker> {
  return startScriptedBroker(({ cmd }) =>
    commands.includes(cmd) ? "answered" : undefined
  );
}

/** Starts a broker that refuses each connection but the first. */
export function startRefusingLater(
  silentOn: Packet["cmd"][] = [],
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker(({ cmd }) => {
    if (silentOn.includes(cmd)) return "answered";
    return cmd === "connect" && connections++ > 0 ? connack(5) : undefined;
  });
}

/** Starts a broker that breaks off before the second CONNACK. */
export function startUnsure(
  script: Script = () => undefined,
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "connect") return script(packet, connection);
    // It has made a new session, and its client can't know.
    if (++connections !== 2) return connack(0, connections > 2);
    connection.socket.destroy();
    return "answered";
  });
}

/** A CONNACK of MQTT 3.1.1, with its code. */
export function connack(returnCode: number, sessionPresent = false): Packet {
  return { cmd: "connack", returnCode, reasonCode: returnCode, sessionPresent };
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
  return startScriptedBroker(({ cmd }) => {
    if (silentOn.includes(cmd)) return "answered";
    if (cmd !== "connect") return;
    return connack(0, connections++ > 0 && sessionPresent);
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

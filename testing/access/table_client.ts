/**
 * Clients of the access table, who do the same in MQTT 3.1.1 and 5.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import { NEVER_EXPIRES, type Protocol } from "../clients/clients.ts";
import { within } from "../deadline.ts";

/** What a client of the table says of itself. */
export interface TableFields {
  clientId?: string;
  user?: string;
  password?: string;
  will?: { topic: string; payload: string };
  /** Whether its session outlives the connection. */
  isKept?: boolean;
}

/** A client that can do what the table says. */
export interface TableClient extends AsyncDisposable {
  /** Publishes to the end, and gives the reason code: 0 in MQTT 3.1.1. */
  publish(
    message: { topic: string; payload: string; qos: 1 | 2; retain: boolean },
  ): Promise<number>;
  /** Subscribes, and gives SUBACK's codes. */
  subscribe(filters: Record<string, 0 | 1 | 2>): Promise<number[]>;
  /** The next message. */
  receive(): Promise<{ topic: string; payload: string }>;
  /** Says DISCONNECT, and closes. */
  disconnect(): Promise<void>;
  /** Closes without a DISCONNECT. */
  close(): void;
}

interface Place {
  port: number;
  protocol: Protocol;
}

/** The code with which a broker answers a CONNECT. */
export async function connackCode(
  place: Place,
  fields: TableFields,
): Promise<number | undefined> {
  const client = connect(place, fields);
  const code = new Promise<number>((resolve) => {
    client.once("connect", () => resolve(0));
    client.once("error", (error) => resolve(codeOf(error)));
  });
  try {
    return await within("CONNACK", code);
  } finally {
    await client.endAsync(true);
  }
}

/** Connects a client that the broker must let in. */
export async function openTableClient(
  place: Place,
  fields: TableFields,
): Promise<TableClient> {
  const client = connect(place, fields);
  const received: IPublishPacket[] = [];
  let granted: number[] = [];
  let wake = () => {};
  // Listening comes first: a session's messages follow CONNACK at once.
  client.on("message", (_topic, _payload, packet) => {
    received.push(packet);
    wake();
  });
  // MQTT.js gives no codes where one of them is a refusal.
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "suback") granted = packet.granted as number[];
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once("connect", () => resolve());
  client.on("error", reject);
  await within("CONNACK", promise);
  return {
    async publish({ topic, payload, ...options }) {
      const published = client.publishAsync(topic, payload, options)
        .then(() => 0, codeOf);
      return await within(`an answer to ${topic}`, published);
    },
    async subscribe(filters) {
      const wanted = Object.fromEntries(
        Object.entries(filters).map(([filter, qos]) => [filter, { qos }]),
      );
      const answered = client.subscribeAsync(wanted).catch((error) => {
        if (!("packet" in error)) throw error;
      });
      await within("SUBACK", answered);
      return granted;
    },
    async receive() {
      while (received.length === 0) {
        await within("a message", new Promise<void>((next) => wake = next));
      }
      const { topic, payload } = received.shift()!;
      return { topic, payload: payload.toString() };
    },
    disconnect: () => within("the end", client.endAsync()),
    close: () => void client.end(true),
    [Symbol.asyncDispose]: () => within("the end", client.endAsync(true)),
  };
}

function connect({ port, protocol }: Place, fields: TableFields): MqttClient {
  const { clientId, user, password, will, isKept = false } = fields;
  return mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: protocol,
    reconnectPeriod: 0,
    clean: !isKept,
    ...clientId !== undefined && { clientId },
    ...user !== undefined && { username: user },
    ...password !== undefined && { password },
    ...will && {
      will: {
        ...will,
        payload: Buffer.from(will.payload),
        qos: 0,
        retain: false,
      },
    },
    ...isKept && protocol === 5 &&
      { properties: { sessionExpiryInterval: NEVER_EXPIRES } },
  });
}

/** The code of what MQTT.js throws at a refusal. */
function codeOf(error: Error): number {
  if ("code" in error && typeof error.code === "number") return error.code;
  throw error;
}

/**
 * MQTT.js clients that end with the test.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import mqtt, {
  type IClientOptions,
  type IClientPublishOptions,
  type MqttClient,
} from "mqtt";
import { within } from "../deadline.ts";

/** A message that came in, with the parts that tests compare. */
export interface Received {
  topic: string;
  text: string;
  qos: number;
  retain: boolean;
}

/** An MQTT.js client, connected, that remembers what it receives. */
export interface TestClient extends AsyncDisposable {
  readonly client: MqttClient;
  /** What it has received so far. */
  readonly received: Received[];
  /** Publishes, and waits for the broker's confirmation at QoS 1 and 2. */
  publish(
    topic: string,
    payload: string | Buffer,
    options?: IClientPublishOptions,
  ): Promise<void>;
  /** Subscribes to filters at a QoS, and waits for the broker's confirmation. */
  subscribe(filters: string | string[], qos?: 0 | 1 | 2): Promise<void>;
  /** Waits until it has received so many messages in all. */
  untilReceived(count: number, milliseconds?: number): Promise<Received[]>;
}

/** Connects a client, without reconnection. Disposing of it disconnects it. */
export async function openClient(
  url: string,
  options: IClientOptions = {},
): Promise<TestClient> {
  const received: Received[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  // Listening comes first: a session's messages follow CONNACK at once.
  const client = mqtt.connect(url, { reconnectPeriod: 0, ...options });
  client.on("message", (topic, payload, { qos, retain }) => {
    received.push({ topic, text: payload.toString(), qos, retain });
    for (const { count, resolve } of waiting) {
      if (received.length >= count) resolve();
    }
    waiting = waiting.filter(({ count }) => received.length < count);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once("connect", () => resolve());
  client.once("error", reject);
  client.once("close", () => reject(new Error("Connection closed")));
  try {
    await within("CONNACK", promise);
  } catch (error) {
    await client.endAsync(true);
    throw error;
  }
  client.on("error", () => {});
  return {
    client,
    received,
    async publish(topic, payload, options) {
      const published = client.publishAsync(topic, payload, options);
      await within("the publish's confirmation", published);
    },
    async subscribe(filters, qos = 0) {
      await within("SUBACK", client.subscribeAsync(filters, { qos }));
    },
    async untilReceived(count, milliseconds) {
      if (received.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push({ count, resolve });
        await within(`${count} messages`, promise, milliseconds);
      }
      return received;
    },
    async [Symbol.asyncDispose]() {
      await within("the client's end", client.endAsync(!client.connected));
    },
  };
}

/** Options of a client whose session outlives it. */
export const RECORDER = { clientId: "recorder", clean: false };

/**
 * Makes the session of {@linkcode RECORDER}, and leaves it.
 */
export async function leaveRecorder(
  url: string,
  filters: Record<string, 0 | 1 | 2>,
  options: IClientOptions = {},
): Promise<void> {
  await using recorder = await openClient(url, { ...RECORDER, ...options });
  for (const [filter, qos] of Object.entries(filters)) {
    await recorder.subscribe(filter, qos);
  }
}

/** A version of the protocol, as CONNECT has it: MQTT 3.1.1 or 5. */
export type Protocol = 4 | 5;

/** Both versions, with their names. */
export const PROTOCOLS: readonly (readonly [Protocol, string])[] = [
  [4, "MQTT 3.1.1"],
  [5, "MQTT 5"],
];

/** Seconds that stand for ever (MQTT 5 section 3.1.2.11.2). */
export const NEVER_EXPIRES = 0xffff_ffff;

/** What MQTT.js connects with for a session that outlives its connection. */
interface KeptSession {
  clientId: string;
  clean: false;
  protocolVersion: Protocol;
  properties?: { sessionExpiryInterval: number };
}

/** Options for a session that is kept for ever, in either version. */
export function keptSession(clientId: string, protocol: Protocol): KeptSession {
  return {
    clientId,
    clean: false,
    protocolVersion: protocol,
    // MQTT 5's sessions end with the connection unless told otherwise.
    ...protocol === 5 && {
      properties: { sessionExpiryInterval: NEVER_EXPIRES },
    },
  };
}

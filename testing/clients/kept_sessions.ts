/**
 * Clients whose sessions outlive a broker that is killed: publishers that count what
 * is acknowledged, and subscribers that keep what they have been given.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import mqtt, { type MqttClient } from "mqtt";
import { type Client, connect } from "../../lib/mod.ts";
import { within } from "../deadline.ts";
import { keptSession, type Protocol } from "./clients.ts";

const LONGEST_WAIT = 60_000;
/** How many messages a publisher has under way. */
const WINDOW = 50;

/** A client with a session that lasts, and what it has been given. */
interface Session extends AsyncDisposable {
  readonly client: MqttClient;
  readonly received: Received;
}

/** Whose session it is, and in which version of the protocol: 3.1.1 unless given. */
interface SessionOptions {
  clientId: string;
  protocol?: Protocol;
}

/** Connects a client that comes back by itself, to the same session. */
export async function openSession(
  url: string,
  { clientId, protocol = 4 }: SessionOptions,
): Promise<Session> {
  const session = keptSession(clientId, protocol);
  const client = mqtt.connect(url, { ...session, reconnectPeriod: 20 });
  // A broker that is away is nothing special here.
  client.on("error", () => {});
  // Listening comes first: a session's messages follow CONNACK at once.
  const received = new Received(client, protocol);
  const connected = new Promise<void>((resolve) =>
    client.once("connect", () => resolve())
  );
  await within("CONNACK", connected);
  return {
    client,
    received,
    [Symbol.asyncDispose]: () => client.endAsync(!client.connected),
  };
}

/**
 * Connects a publisher that comes back by itself, to the same session. It is the
 * toolkit's: MQTT.js alone rejects what is published while it repeats what the
 * last connection left open, if that connection is lost, too.
 */
export function openPublisher(
  url: string,
  { clientId, protocol = 4 }: SessionOptions,
): Promise<Client> {
  return connect(url, {
    ...keptSession(clientId, protocol),
    inflightWindow: WINDOW,
    retryDelay: [0.02, 0.1],
    log: () => {},
  });
}

/** What a message says besides its payload. */
interface Mark {
  properties?: { userProperties: { payload: string } };
}

/** In MQTT 5, a property that repeats the payload, and has to stay with it. */
export function markOf(payload: string, protocol: Protocol): Mark {
  return protocol === 5 ? { properties: { userProperties: { payload } } } : {};
}

/** What one publisher has sent, numbered from 0. */
interface Load {
  readonly sent: number;
  readonly acknowledged: number;
  /** Waits until so many more have been acknowledged. */
  untilAcknowledged(count: number): Promise<void>;
  /** Sends no more, and waits until all that is under way is acknowledged. */
  stop(): Promise<void>;
}

/** Publishes one message after the other, several at a time. */
export function startLoad(
  client: Client,
  messageOf: (number: number) => {
    topic: string;
    payload: string;
    qos: 1 | 2;
    retain?: boolean;
  } & Mark,
): Load {
  let [sent, acknowledged, isStopped] = [0, 0, false];
  let wake = () => {};
  async function publish(): Promise<void> {
    while (!isStopped) {
      const { topic, payload, ...options } = messageOf(sent++);
      await client.publishAsync(topic, payload, options);
      acknowledged++;
      wake();
    }
  }
  const publishing = Promise.all(Array.from({ length: WINDOW }, publish));
  return {
    get sent() {
      return sent;
    },
    get acknowledged() {
      return acknowledged;
    },
    async untilAcknowledged(count) {
      const goal = acknowledged + count;
      while (acknowledged < goal) {
        const more = new Promise<void>((resolve) => wake = resolve);
        await within("an acknowledgement", more, LONGEST_WAIT);
      }
    },
    async stop() {
      isStopped = true;
      await within("all to be acknowledged", publishing, LONGEST_WAIT);
    },
  };
}

/** What a subscriber has been given, by topic. */
class Received {
  readonly #payloads = new Map<string, string[]>();
  readonly #unmarked: string[] = [];
  #wake = () => {};

  /** Listens to a client. */
  constructor(client: MqttClient, protocol: Protocol) {
    client.on("message", (topic, data, { properties }) => {
      const payload = data.toString();
      const payloads = this.payloads(topic);
      payloads.push(payload);
      this.#payloads.set(topic, payloads);
      const mark = properties?.userProperties?.payload;
      if (protocol === 5 && mark !== payload) this.#unmarked.push(payload);
      this.#wake();
    });
  }

  /** The payloads of a topic, in the order that they came in. */
  payloads(topic: string): string[] {
    return this.#payloads.get(topic) ?? [];
  }

  /**
   * Waits for the last message of a topic, which says "end", and checks that all
   * so far have the properties that they were sent with.
   */
  async untilEnd(topic: string): Promise<void> {
    while (this.payloads(topic).at(-1) !== "end") {
      const more = new Promise<void>((resolve) => this.#wake = resolve);
      await within(`the end of ${topic}`, more, LONGEST_WAIT);
    }
    assertEquals(this.#unmarked, []);
  }

  /**
   * Checks that a topic has brought all numbers in order: once at QoS 2, and at
   * least once at QoS 1.
   *
   * @returns How many have come again.
   */
  assertAll(topic: string, qos: 1 | 2, total: number): number {
    const payloads = this.payloads(topic);
    const expected = Array.from({ length: total }, (_, n) => String(n));
    const firsts = qos === 2 ? payloads : [...new Set(payloads)];
    assertEquals(firsts, [...expected, "end"]);
    return payloads.length - firsts.length;
  }
}

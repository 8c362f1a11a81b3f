/**
 * What clients may take of the embedded broker. `Infinity` lifts a limit, where
 * nothing else is said. What is over a limit is logged with a line that names it.
 *
 * @example A broker for small messages
 * ```ts
 * import { connect, startBroker } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * await using broker = await startBroker({
 *   port: 0,
 *   limits: { maxPacketSize: 1_000, maxTopicLevels: 3 },
 *   log: (line) => lines.push(line),
 * });
 * await using client = await connect(broker.url);
 * await client.publishAsync("iot/user1/temp", "21", { qos: 1 });
 * const cut = new Promise<void>((resolve) => {
 *   client.once("close", () => resolve());
 * });
 * client.publish("iot/user1/temp/hall", "21");
 * await cut;
 * const reason = "Topic name has 4 levels: maxTopicLevels is 3";
 * assertEquals(lines.filter((line) => line.endsWith(reason)).length, 1);
 * ```
 */
export interface BrokerLimits {
  /**
   * How many connections there may be in all, with or without CONNECT; more are
   * closed at once. 2,000 unless given: twice a load test with 1,000 clients.
   */
  maxConnections?: number | undefined;
  /**
   * How many of them may come from one address. 1,200 unless given: a class of
   * forty behind one router, and a load test with 1,000 clients, but never so
   * many that no other address gets in.
   */
  maxConnectionsPerAddress?: number | undefined;
  /**
   * How many bytes a packet may have, its fixed header among them; the client is
   * cut as soon as a packet says that it is larger. A WebSocket frame may have
   * 1 MiB more, as it may hold several packets. 10,000,000 unless given, a large
   * picture; MQTT's own limit, and the most there is here, is 268,435,460.
   */
  maxPacketSize?: number | undefined;
  /**
   * How many bytes the unfinished packets of all connections may have together.
   * Beyond it, the newest connection that hasn't been let in is cut; each of
   * those may hold 65,536 bytes at most. 128,000,000 unless given: twelve of the
   * largest packets at a time.
   */
  maxBufferedBytes?: number | undefined;
  /**
   * How many messages of QoS 2 a client of MQTT 5 may have under way to the
   * broker: its Receive Maximum (section 3.2.2.3.3). More than that cut it.
   * 65,535 unless given, as many as there are message ids, since clients such as
   * MQTT.js don't keep to it.
   */
  maxInflight?: number | undefined;
  /**
   * The longest keepalive in seconds that a client of MQTT 5 may choose; a
   * longer one, or none, is replaced (section 3.2.2.3.14). No limit unless given.
   */
  maxKeepAlive?: number | undefined;
  /**
   * How many packets a client may send in a second, acknowledgements aside, and
   * at once after a second of silence. Nothing is lost beyond it: the broker
   * reads slower, and the client notices that its connection is full. 250,000
   * unless given, about what the broker can carry in all, so that no program of
   * this workbook is slowed down: lower it where clients aren't to be trusted.
   */
  maxMessageRate?: number | undefined;
  /**
   * How many messages of QoS 1 and 2 may wait for a client, connected or away,
   * besides the 1,000 that may be under way to it. From half of that on, or
   * 10,000, publishers are slowed down, unless the client has stopped reading.
   * Beyond it, newer ones are dropped for this client: what was taken on first is
   * delivered first. The log says how many. 100,000 unless given: four sensors
   * that send once a second, for seven hours.
   */
  maxQueuedMessages?: number | undefined;
  /**
   * How many bytes the messages of QoS 1 and 2 may have that wait for a client
   * or are under way to it; as with `maxQueuedMessages`, newer ones are dropped
   * beyond it. 64,000,000 unless given: so that thirty clients which are away
   * don't fill the memory of a small computer.
   */
  maxQueuedBytes?: number | undefined;
  /**
   * How many levels a topic may have; a client that uses more is cut. 200 unless
   * given, as in mosquitto, and at most, so that the time to find who gets a
   * message stays bounded; programs use three to eight.
   */
  maxTopicLevels?: number | undefined;
  /**
   * Seconds that a client may take from its connection to its CONNECT packet.
   * With TLS or WebSocket, the handshake before it may take as long once more.
   * 10 unless given: enough for bad Wi-Fi, and short for who opens connections
   * and says nothing.
   */
  connectTimeout?: number | undefined;
  /**
   * How many sessions may outlive their connections (`clean: false`); a client
   * that wants one more is refused with CONNACK code 3. 2,000 unless given, as
   * many as connections: each message of QoS 1 and 2 is compared with the filters
   * of all of them.
   */
  maxSessions?: number | undefined;
  /**
   * How many topic filters a client may be subscribed to; one more is refused
   * with 128. 200 unless given, where programs have one to ten.
   */
  maxSubscriptions?: number | undefined;
  /**
   * How many topics may have a retained message. A message on one more is
   * delivered, but not kept. 10,000 unless given: forty students with 250 each.
   */
  maxRetainedMessages?: number | undefined;
  /** How many bytes they may have, together. 100,000,000 unless given. */
  maxRetainedBytes?: number | undefined;
}

/** Limits that all have a value. */
export type Limits = { [Name in keyof BrokerLimits]-?: number };

/** What a limit is unless given, and its largest value. */
const LIMITS: Readonly<Record<keyof BrokerLimits, [number, number]>> = {
  maxConnections: [2_000, Infinity],
  maxConnectionsPerAddress: [1_200, Infinity],
  maxPacketSize: [10_000_000, 268_435_460],
  maxBufferedBytes: [128_000_000, Infinity],
  maxInflight: [65_535, 65_535],
  maxKeepAlive: [Infinity, Infinity],
  maxMessageRate: [250_000, Infinity],
  maxQueuedMessages: [100_000, Infinity],
  maxQueuedBytes: [64_000_000, Infinity],
  maxTopicLevels: [200, 200],
  connectTimeout: [10, 86_400],
  maxSessions: [2_000, Infinity],
  maxSubscriptions: [200, Infinity],
  maxRetainedMessages: [10_000, Infinity],
  maxRetainedBytes: [100_000_000, Infinity],
};

/**
 * Fills in the limits that aren't given.
 *
 * @throws {RangeError} If one of them isn't a number from 1 to its largest.
 */
export function readLimits(given: BrokerLimits = {}): Limits {
  const names = Object.keys(LIMITS) as (keyof BrokerLimits)[];
  const limits = names.map((name) => {
    const [usual, most] = LIMITS[name];
    const value = given[name] ?? usual;
    const isWhole = Number.isInteger(value) || value === Infinity ||
      name === "connectTimeout";
    if (value >= 1 && value <= most && isWhole) return [name, value];
    const range = most === Infinity ? "of 1 or more" : `from 1 to ${most}`;
    throw new RangeError(
      `Limit ${name} is ${value}: it must be a whole number ${range}`,
    );
  });
  return Object.fromEntries(limits);
}

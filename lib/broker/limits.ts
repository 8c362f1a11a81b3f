/**
 * What clients may take of the embedded broker. `Infinity` lifts a limit, where
 * nothing else is said. What is over a limit is logged with a line that names it.
 */
export interface BrokerLimits {
  /** Connections in all, with or without CONNECT; 2,000 unless given. */
  maxConnections?: number | undefined;
  /** Connections from one address; 1,200 unless given. */
  maxConnectionsPerAddress?: number | undefined;
  /**
   * Bytes of a packet; the client is cut as soon as one says that it is larger. A
   * WebSocket frame may have 1 MiB more. 10,000,000 unless given, 268,435,460 at most.
   */
  maxPacketSize?: number | undefined;
  /**
   * Bytes that the unfinished packets of all connections may have together. Beyond
   * it, the newest connection that hasn't been let in is cut; each of those may hold
   * 65,536 at most. 128,000,000 unless given.
   */
  maxBufferedBytes?: number | undefined;
  /**
   * Messages of QoS 2 that a client of MQTT 5 may have under way to the broker: its
   * Receive Maximum (section 3.2.2.3.3). More cut it. 65,535 unless given.
   */
  maxInflight?: number | undefined;
  /**
   * Seconds of keepalive that a client of MQTT 5 may choose; a longer one, or none,
   * is replaced (section 3.2.2.3.14). No limit unless given.
   */
  maxKeepAlive?: number | undefined;
  /**
   * Packets that a client may send in a second, acknowledgements aside. Beyond it the
   * broker reads slower, and nothing is lost. 250,000 unless given.
   */
  maxMessageRate?: number | undefined;
  /**
   * Messages of QoS 1 and 2 that may wait for a client, besides the 1,000 that may be
   * under way to it. From half of that on, or 10,000, publishers are slowed down,
   * unless the client has stopped reading; beyond it, newer ones are dropped for this
   * client, and the log says how many. 100,000 unless given.
   */
  maxQueuedMessages?: number | undefined;
  /**
   * Bytes of the messages of QoS 1 and 2 that wait for a client or are under way to
   * it; newer ones are dropped beyond it. 64,000,000 unless given.
   */
  maxQueuedBytes?: number | undefined;
  /**
   * Levels of a topic; a client that uses more is cut. 200 unless given, and at most,
   * as in mosquitto.
   */
  maxTopicLevels?: number | undefined;
  /**
   * Seconds from a connection to its CONNECT; the handshake of TLS or WebSocket
   * before it may take as long once more. 10 unless given.
   */
  connectTimeout?: number | undefined;
  /**
   * Sessions that may outlive their connections (`clean: false`); a client that wants
   * one more is refused with CONNACK code 3. 2,000 unless given.
   */
  maxSessions?: number | undefined;
  /**
   * Topic filters that a client may be subscribed to; one more is refused with 128.
   * 200 unless given.
   */
  maxSubscriptions?: number | undefined;
  /**
   * Topics with a retained message. A message on one more is delivered, but not kept.
   * 10,000 unless given.
   */
  maxRetainedMessages?: number | undefined;
  /** Bytes that they may have, together; 100,000,000 unless given. */
  maxRetainedBytes?: number | undefined;
}

/** Limits that all have a value. */
export type Limits = { [Name in keyof BrokerLimits]-?: number };

/** What a limit is unless given, and its largest value. */
const LIMITS: Readonly<Record<keyof BrokerLimits, [number, number]>> = {
  maxConnections: [2_000, Infinity], // Twice a load test's thousand
  maxConnectionsPerAddress: [1_200, Infinity], // Forty behind a router, that test
  maxPacketSize: [10_000_000, 268_435_460], // A large picture; MQTT's own limit
  maxBufferedBytes: [128_000_000, Infinity], // Twelve of the largest packets
  maxInflight: [65_535, 65_535], // Clients such as MQTT.js don't keep to less
  maxKeepAlive: [Infinity, Infinity],
  maxMessageRate: [250_000, Infinity], // About what the broker carries in all
  maxQueuedMessages: [100_000, Infinity], // Four a second, for seven hours
  maxQueuedBytes: [64_000_000, Infinity], // Thirty clients fit a small computer
  maxTopicLevels: [200, 200], // Finding who gets a message stays bounded
  connectTimeout: [10, 86_400], // Enough for bad Wi-Fi
  maxSessions: [2_000, Infinity], // Each message is compared with the filters of all
  maxSubscriptions: [200, Infinity], // Programs have one to ten
  maxRetainedMessages: [10_000, Infinity], // Forty students with 250 each
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

import type { BrokerLimits } from "../../lib/mod.ts";
import type { NumberRange, Options } from "./program.ts";

/** The limits of the embedded broker by the option that sets each. */
const LIMITS: Readonly<Record<string, [keyof BrokerLimits, NumberRange?]>> = {
  "max-connections": ["maxConnections"],
  "max-connections-per-address": ["maxConnectionsPerAddress"],
  "max-packet-size": ["maxPacketSize", { least: 1, most: 268_435_460 }],
  "max-buffered-bytes": ["maxBufferedBytes"],
  "max-inflight": ["maxInflight", { least: 1, most: 65_535 }],
  "max-keepalive": ["maxKeepAlive", { least: 1, most: 65_535 }],
  "max-message-rate": ["maxMessageRate"],
  "max-queued-messages": ["maxQueuedMessages"],
  "max-queued-bytes": ["maxQueuedBytes"],
  "max-topic-levels": ["maxTopicLevels", { least: 1, most: 200 }],
  "connect-timeout": ["connectTimeout", { least: 1, most: 86_400 }],
  "max-sessions": ["maxSessions"],
  "max-subscriptions": ["maxSubscriptions"],
  "max-retained-messages": ["maxRetainedMessages"],
  "max-retained-bytes": ["maxRetainedBytes"],
};

/** The names of the options that set limits. */
export const LIMIT_OPTIONS: readonly string[] = Object.keys(LIMITS);

/** What `--help` says of them. */
export const LIMIT_HELP = `
Limits, each with what it is unless given:
  --max-connections N              connections in all (2000)
  --max-connections-per-address N  connections from one address (1200)
  --max-packet-size BYTES          of a packet; its client is cut (10000000)
  --max-buffered-bytes BYTES       of all clients' unfinished packets (128000000)
  --max-inflight N                 messages of QoS 2 that one client of MQTT 5
                                   may have under way (65535)
  --max-keepalive S                longest keepalive of a client of MQTT 5, which
                                   replaces longer ones and none (none)
  --max-message-rate N             packets a second from one client; the broker
                                   reads slower beyond it (250000)
  --max-queued-messages N          messages that wait for one client; newer ones
                                   are dropped beyond it (100000)
  --max-queued-bytes BYTES         the same, in bytes (64000000)
  --max-topic-levels N             levels of a topic, at most 200 (200)
  --connect-timeout S              seconds until CONNECT, after the handshake of
                                   TLS or WebSocket, which has as many (10)
  --max-sessions N                 sessions that outlive connections (2000)
  --max-subscriptions N            topic filters of one client (200)
  --max-retained-messages N        topics with a retained message (10000)
  --max-retained-bytes BYTES       of these messages, together (100000000)
`;

/** Reads the limits that the user has given. */
export function readLimitOptions(options: Options): BrokerLimits {
  const limits: BrokerLimits = {};
  for (
    const [option, [limit, range = { least: 1 }]] of Object.entries(LIMITS)
  ) {
    limits[limit] = options.number(option, range);
  }
  return limits;
}

/**
 * What `broker` is told of TLS and of limits, and what it tells of where it listens.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import {
  assertKeyPair,
  type KeyPair,
} from "../../lib/broker/listen/key_pair.ts";
import { isLoopback } from "../../lib/client/proxy.ts";
import type { BrokerLimits, BrokerOptions } from "../../lib/mod.ts";
import { readFile } from "../options/files.ts";
import {
  type NumberRange,
  type OptionNames,
  type Options,
  UsageError,
} from "../options/program.ts";

/** The broker's options for TLS. */
export const TLS_NAMES = {
  string: ["cert", "key", "tls-port", "secure-websocket-port", "plain-port"],
} satisfies OptionNames;

/** What `--help` says about them. */
export const TLS_HELP = `
  --cert FILE           listen with TLS instead, with this certificate in PEM,
                        followed by those of its chain; needs --key
  --key FILE            the certificate's key in PEM, without a passphrase
  --tls-port N          the port for TLS (8883; 0 for any free one)
  --secure-websocket-port N
                        listen for MQTT over WebSocket with TLS, too
  --plain-port N        with --cert, listen without TLS, too, where passwords
                        can be read on their way; without --cert, it is --port
`.trim();

/**
 * Reads the options for TLS and for the port without it, with what clients will
 * complain of.
 *
 * @returns What `startBroker` takes, and a warning of the certificate.
 * @throws {UsageError} If one lacks another or excludes it, or a file can't be
 *   read.
 * @throws {TypeError} If a file is no certificate or key, or they don't fit.
 */
export async function readTls(
  options: Options,
): Promise<
  Pick<BrokerOptions, "port" | "tls"> & { warning?: string | undefined }
> {
  const range = { least: 0, most: 65535 };
  const plainPort = options.number("port", range);
  const portBesideTls = options.number("plain-port", range);
  const port = options.number("tls-port", range);
  const websocketPort = options.number("secure-websocket-port", range);
  const cert = options.text("cert");
  const key = options.text("key");
  if (cert === undefined && key === undefined) {
    const name = TLS_NAMES.string.find((name) => options.text(name));
    if (name === undefined) return { port: plainPort };
    throw new UsageError(`Option --${name} needs a certificate: --cert, --key`);
  }
  if (cert === undefined) throw new UsageError("Option --key needs --cert");
  if (key === undefined) throw new UsageError("Option --cert needs --key");
  if (plainPort !== undefined) {
    throw new UsageError(
      "Option --port is for a broker without --cert: --tls-port is the port for TLS, and --plain-port one without it",
    );
  }
  const pair = { cert: await read(cert), key: await read(key) };
  const names = { cert: `Certificate "${cert}"`, key: `Key "${key}"` };
  assertKeyPair(pair, names);
  return {
    port: portBesideTls,
    tls: { ...pair, port, websocketPort },
    warning: describeInvalidity(pair, names.cert),
  };
}

async function read(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path));
}

/**
 * Says that a certificate's time is over or is still to come, so that clients
 * refuse it.
 *
 * @param name What the sentence calls it.
 * @returns A sentence, or `undefined` if the certificate is valid now.
 */
export function describeInvalidity(
  { cert }: KeyPair,
  name: string,
): string | undefined {
  const { validFrom, validTo } = new X509Certificate(cert);
  const now = Date.now();
  if (now > Date.parse(validTo)) {
    return `${name} has expired on ${day(validTo)}: clients refuse it`;
  }
  if (now < Date.parse(validFrom)) {
    return `${name} is valid only from ${day(validFrom)}: clients refuse it`;
  }
}

function day(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

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

/** What stands for all of this computer's addresses. */
const ALL_ADDRESSES = ["0.0.0.0", "::"];

/** What of a network card is asked for. */
type Card = Pick<Deno.NetworkInterfaceInfo, "address" | "family">;

/**
 * Says how other machines reach a broker on this one, in a line.
 *
 * @param url Its address, as this machine reaches it.
 * @param host What it listens on.
 * @param listCards Lists this machine's network cards.
 * @returns The line; nothing if the address is the same for all.
 */
export function describeReach(
  url: string,
  host = "127.0.0.1",
  listCards: () => Card[] = Deno.networkInterfaces,
): string | undefined {
  if (isLoopback(host)) {
    return "Only this machine reaches it: with --host 0.0.0.0, others do, too";
  }
  if (!ALL_ADDRESSES.includes(host)) return undefined;
  const urls = listCards()
    .filter(({ address, family }) => family === "IPv4" && !isLoopback(address))
    .map(({ address }) => url.replace("localhost", address));
  return urls.length === 0
    ? "This machine is on no network: no other one reaches it"
    : `Other machines reach it at ${urls.join(" or ")}`;
}

/**
 * What `pub`, `sub` and `record` have in common: mosquitto's options for a
 * connection.
 *
 * @module
 */
import {
  type BrokerAddress,
  formatAddresses,
  namedBroker,
  parseAddresses,
} from "../../lib/client/address.ts";
import { assertAuthorities } from "../../lib/client/connection.ts";
import type {
  ConnectOptions,
  Will,
  WillProperties,
} from "../../lib/connect.ts";
import { readFile } from "./files.ts";
import { type OptionNames, type Options, UsageError } from "./program.ts";
import { readProperties } from "./property_options.ts";

/** The names of the options, as mosquitto_pub and mosquitto_sub have them. */
export const CONNECTION_NAMES = {
  string: [
    "host",
    "port",
    "url",
    "username",
    "pw",
    "id",
    "keepalive",
    "cafile",
    "protocol-version",
    "will-topic",
    "will-payload",
    "will-qos",
  ],
  boolean: ["disable-clean-session", "will-retain", "debug"],
  alias: {
    h: "host",
    p: "port",
    L: "url",
    u: "username",
    P: "pw",
    i: "id",
    c: "disable-clean-session",
    k: "keepalive",
    V: "protocol-version",
    d: "debug",
  },
} satisfies OptionNames;

/** What `--help` says about them. */
export const CONNECTION_HELP = `
  -h HOST       the broker: a name, name:port or URL of mqtt, mqtts, ws or wss,
                with user:password@ before the name; several names with commas
                are tried in turn (MQTT_URL, then localhost)
  -p PORT       the broker's port (1883; with TLS, 8883)
  -L URL        broker, user and topic in one, in place of -h, -p and -t:
                mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC
  -u NAME       connect as this user
  -P PASSWORD   the user's password; without it, a terminal asks for one
  -i ID         connect with this client id (a random one)
  -c            keep the session: it outlives this program; needs -i
  -k SECONDS    send a ping after so long a silence (60)
  -V VERSION    speak MQTT 31, 311 (the default) or 5; mqttv5 and so on, too
  -d            show each packet on standard error, as MQTT_TRACE=1 does
  --cafile FILE         connect with TLS, trusting the authorities in FILE
  --will-topic TOPIC    let the broker publish a will here if the program dies
  --will-payload TEXT   the will's message (empty); likewise --will-qos QOS
                        and --will-retain
`.trim();

/** What `--help` says of mosquitto's options that are missing. */
export const MISSING_CONNECTION_HELP = `
  Missing on purpose: --insecure, --psk, --psk-identity, --ciphers, --tls-version,
  --tls-alpn, --tls-engine, --tls-engine-kpass-sha1, --tls-use-os-certs and
  --keyform (certificates are always verified, as Deno does), --capath, --cert,
  --key, --proxy, --unix, -A, -I, -S, --nodelay (it is always so), --quiet
`.trim();

/** Where to connect to, and how. */
export interface Connection extends ConnectOptions {
  host: string;
}

const VERSIONS = new Map<string, 3 | 4 | 5>([["31", 3], ["311", 4], ["5", 5]]);
const decoder = new TextDecoder();

/**
 * Reads the options for a connection.
 *
 * @param askPassword Asks for the password of a user who came without.
 * @param named The broker where no option says which: that of `MQTT_URL`.
 * @returns Where to connect to, and how.
 * @throws {UsageError} If one can't be carried out.
 */
export async function readConnection(
  options: Options,
  askPassword: (username: string) => Promise<string | null> = askOnTerminal,
  named = namedBroker(),
): Promise<Connection> {
  // Before the client is made, which looks at it once.
  if (options.has("debug")) Deno.env.set("MQTT_TRACE", "1");
  const clientId = options.text("id");
  const keepalive = options.number("keepalive", { least: 0, most: 65535 });
  const clean = !options.has("disable-clean-session");
  if (!clean && !clientId) {
    throw new UsageError("Session is to outlive its client: -c needs -i");
  }
  const protocolVersion = readVersion(options);
  const properties = readProperties(options);
  const will = readWill(options, properties.will);
  const caFile = options.text("cafile");
  const tls = caFile !== undefined && await readAuthorities(caFile);
  const [address, ...others] = parseAddresses(
    readUrl(options)?.host ?? options.text("host") ?? (named || "localhost"),
    { secure: tls !== false },
  );
  const port = readPort(options);
  const withPort = (address: BrokerAddress) =>
    port === undefined ? address : { ...address, port };
  return {
    host: formatAddresses([withPort(address), ...others.map(withPort)]),
    clean,
    protocolVersion,
    ...(clientId && { clientId }),
    ...(keepalive !== undefined && { keepalive }),
    ...(will && { will }),
    ...(properties.connect && { properties: properties.connect }),
    ...(tls && { tls }),
    ...await readUser(options, { address, askPassword }),
  };
}

/**
 * Reads a quality of service, 0 unless given.
 *
 * @throws {UsageError} If it isn't 0, 1 or 2.
 */
export function readQos(options: Options, name: string): 0 | 1 | 2 {
  return (options.number(name, { least: 0, most: 2 }) ?? 0) as 0 | 1 | 2;
}

/** The topics of `-t` and `-L`. */
export function readTopics(options: Options): string[] {
  const url = readUrl(options);
  return [...options.texts("topic"), ...(url === undefined ? [] : [url.topic])];
}

/**
 * Reads broker and topic from `-L`. An error doesn't quote it, as it may hold a
 * password.
 *
 * @returns Both, if it was given.
 * @throws {UsageError} If it isn't such a URL, or `-h` or `-p` is given besides.
 */
function readUrl(
  options: Options,
): { host: string; topic: string } | undefined {
  const url = options.text("url");
  if (url === undefined) return undefined;
  for (const [letter, name] of [["h", "host"], ["p", "port"]] as const) {
    if (options.text(name) === undefined) continue;
    throw new UsageError(
      `Options -L and -${letter} are both given: one must say where the broker is`,
    );
  }
  const [, host, topic] = /^(mqtts?:\/\/[^/]+)\/([^@]+)$/i.exec(url) ?? [];
  if (host !== undefined && topic !== undefined) return { host, topic };
  throw new UsageError(
    "URL of -L can't be read: it must be mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC, with / in a password as %2F and no @ in the topic",
  );
}

/** An error doesn't quote it: who takes -p for -P gives a password. */
function readPort(options: Options): number | undefined {
  if (/^\d{0,5}$/.test(options.text("port") ?? "")) {
    return options.number("port", { least: 1, most: 65535 });
  }
  throw new UsageError(
    "Option -p is no port: it must be a whole number from 1 to 65535; a password goes with -P",
  );
}

async function readAuthorities(path: string): Promise<{ ca: string }> {
  const ca = decoder.decode(await readFile(path));
  assertAuthorities(ca, `File "${path}"`);
  return { ca };
}

/** A password in the address is only for the user in it, not for one of `-u`. */
async function readUser(
  options: Options,
  { address, askPassword }: {
    address: BrokerAddress;
    askPassword: (username: string) => Promise<string | null>;
  },
): Promise<Pick<ConnectOptions, "username" | "password">> {
  const username = options.text("username");
  const password = options.text("pw");
  if (username === undefined) {
    if (password === undefined) return {};
    if (address.username !== undefined) return { password };
    throw new UsageError("Password of -P has no user: it needs -u");
  }
  if (password !== undefined) return { username, password };
  const isKnown = address.password !== undefined &&
    [username, undefined].includes(address.username);
  if (isKnown) return { username };
  const typed = await askPassword(username);
  return { username, ...(typed && { password: typed }) };
}

/**
 * Asks only where nobody else reads standard output: the question goes there,
 * and it may hold payloads only. The commands that ask run without the launcher,
 * which alone knows whether there is an `@std/cli`.
 */
async function askOnTerminal(username: string): Promise<string | null> {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return null;
  const { promptSecret } = await import("../npm_std/prompt_secret.ts");
  return promptSecret(`Password of ${username}:`, { mask: "" });
}

function readVersion(options: Options): 3 | 4 | 5 {
  const hasProperties = options.rows("property").length > 0;
  const text = options.text("protocol-version") ??
    (hasProperties ? "5" : "311");
  const version = VERSIONS.get(text.replace(/^mqttv/, ""));
  if (version === undefined) {
    throw new UsageError(
      `Option -V is "${text}": it must be 31, 311 or 5, or mqttv31, mqttv311 or mqttv5`,
    );
  }
  if (version === 5 || !hasProperties) return version;
  throw new UsageError(
    `Option -V is "${text}": it must be 5, as -D gives properties`,
  );
}

function readWill(
  options: Options,
  properties?: WillProperties,
): Will | undefined {
  const topic = options.text("will-topic");
  const payload = options.text("will-payload");
  const retain = options.has("will-retain");
  const qos = readQos(options, "will-qos");
  if (topic !== undefined) {
    const will = { topic, payload: payload ?? "", qos, retain };
    return properties ? { ...will, properties } : will;
  }
  const isWanted = payload !== undefined || retain || properties ||
    options.text("will-qos") !== undefined;
  if (isWanted) {
    throw new UsageError("Will has no topic: it needs --will-topic");
  }
}

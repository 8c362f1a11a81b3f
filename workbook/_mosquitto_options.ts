/**
 * What `pub` and `sub` have in common: mosquitto's options for a connection.
 *
 * @module
 */
import {
  type BrokerAddress,
  formatAddresses,
  parseAddresses,
} from "../lib/client/address.ts";
import { assertAuthorities } from "../lib/client/authorities.ts";
import type { ConnectOptions, Will } from "../lib/mod.ts";
import { readFile } from "./_input_file.ts";
import { type OptionNames, type Options, UsageError } from "./_program.ts";

/** The names of the options, as mosquitto_pub and mosquitto_sub have them. */
export const CONNECTION_NAMES = {
  string: [
    "host",
    "port",
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
  boolean: ["disable-clean-session", "will-retain"],
  alias: {
    h: "host",
    p: "port",
    u: "username",
    P: "pw",
    i: "id",
    c: "disable-clean-session",
    k: "keepalive",
    V: "protocol-version",
  },
} satisfies OptionNames;

/** What `--help` says about them. */
export const CONNECTION_HELP = `
  -h HOST       the broker: a name, name:port or URL of mqtt, mqtts, ws or wss,
                with user:password@ before the name; several names with commas
                are tried in turn (MQTT_URL, then localhost)
  -p PORT       the broker's port (1883; with TLS, 8883)
  -u NAME       connect as this user
  -P PASSWORD   the user's password; without it, a terminal asks for one
  -i ID         connect with this client id (a random one)
  -c            keep the session: it outlives this program; needs -i
  -k SECONDS    send a ping after so long a silence (60)
  -V VERSION    speak mqttv31, mqttv311 (the default) or mqttv5
  --cafile FILE         connect with TLS, trusting the authorities in FILE
  --will-topic TOPIC    let the broker publish a will here if the program dies
  --will-payload TEXT   the will's message (empty); likewise --will-qos QOS
                        and --will-retain
`.trim();

/** Where to connect to, and how. */
export interface Connection extends ConnectOptions {
  host: string;
}

const VERSIONS = new Map<string, 3 | 4 | 5>([
  ["mqttv31", 3],
  ["mqttv311", 4],
  ["mqttv5", 5],
]);
const decoder = new TextDecoder();

/**
 * Reads the options for a connection.
 *
 * @param options The options.
 * @param askPassword Asks for the password of a user who came without.
 * @returns Where to connect to, and how.
 * @throws {UsageError} If one can't be carried out.
 */
export async function readConnection(
  options: Options,
  askPassword: (username: string) => Promise<string | null> = askOnTerminal,
): Promise<Connection> {
  const clientId = options.text("id");
  const keepalive = options.number("keepalive", { least: 0, most: 65535 });
  const clean = !options.has("disable-clean-session");
  if (!clean && !clientId) {
    throw new UsageError("Session is to outlive its client: -c needs -i");
  }
  const protocolVersion = readVersion(options);
  const will = readWill(options);
  const caFile = options.text("cafile");
  const tls = caFile !== undefined && await readAuthorities(caFile);
  const [address, ...others] = parseAddresses(options.text("host"), {
    secure: tls !== false,
  });
  const port = options.number("port", { least: 1, most: 65535 });
  const withPort = (address: BrokerAddress) =>
    port === undefined ? address : { ...address, port };
  return {
    host: formatAddresses([withPort(address), ...others.map(withPort)]),
    clean,
    protocolVersion,
    ...(clientId && { clientId }),
    ...(keepalive !== undefined && { keepalive }),
    ...(will && { will }),
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
 * and it may hold payloads only.
 */
async function askOnTerminal(username: string): Promise<string | null> {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return null;
  const { promptSecret } = await import("@std/cli/prompt-secret");
  return promptSecret(`Password of ${username}:`);
}

function readVersion(options: Options): 3 | 4 | 5 {
  const text = options.text("protocol-version") ?? "mqttv311";
  const version = VERSIONS.get(text);
  if (version !== undefined) return version;
  throw new UsageError(
    `Option -V is "${text}": it must be mqttv31, mqttv311 or mqttv5`,
  );
}

function readWill(options: Options): Will | undefined {
  const topic = options.text("will-topic");
  const payload = options.text("will-payload");
  const retain = options.has("will-retain");
  const qos = readQos(options, "will-qos");
  if (topic !== undefined) {
    return { topic, payload: payload ?? "", qos, retain };
  }
  const isWanted = payload !== undefined || retain ||
    options.text("will-qos") !== undefined;
  if (isWanted) {
    throw new UsageError("Will has no topic: it needs --will-topic");
  }
}

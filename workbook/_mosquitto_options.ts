/**
 * What `pub` and `sub` have in common: mosquitto's options for a connection.
 *
 * @module
 */
import type { ConnectOptions, Will } from "../lib/connect.ts";
import { reasonOf } from "../lib/recording_error.ts";
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
The connection
  -h HOST             Name, name:port or URL (mqtt, mqtts, ws, wss);
                      the variable MQTT_URL, then localhost, unless given
  -p PORT             The port; 1883, with TLS 8883, unless given
  -u NAME             The user
  -P PASSWORD         The password; a terminal asks for it unless given
  -i ID               The client id; a random one unless given
  -c                  The session outlives the client; needs -i
  -k SECONDS          Keepalive; 60 unless given
  -V VERSION          mqttv31, mqttv311 (unless given) or mqttv5
  --cafile FILE       Connect with TLS and trust the authorities in this file
  --will-topic TOPIC  The topic of the will; also --will-payload TEXT,
                      --will-qos QOS and --will-retain
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
const NEVER_EXPIRES = 0xffffffff;
const decoder = new TextDecoder();

/**
 * Reads the options for a connection.
 *
 * @throws {UsageError} If one can't be carried out.
 */
export async function readConnection(options: Options): Promise<Connection> {
  const clientId = options.text("id");
  const keepalive = options.number("keepalive", { least: 0, most: 65535 });
  const clean = !options.has("disable-clean-session");
  if (!clean && !clientId) {
    throw new UsageError("Session is to outlive its client: -c needs -i");
  }
  const protocolVersion = readVersion(options);
  const will = readWill(options);
  const caFile = options.text("cafile");
  const tls = caFile && { ca: decoder.decode(await readFile(caFile)) };
  const host = readHost(options);
  return {
    host,
    clean,
    protocolVersion,
    ...(clientId && { clientId }),
    ...(keepalive !== undefined && { keepalive }),
    ...(will && { will }),
    ...(tls && { tls }),
    ...(!clean && { properties: { sessionExpiryInterval: NEVER_EXPIRES } }),
    ...await readUser(options, host),
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

/**
 * Reads a file that an option names.
 *
 * @throws {UsageError} If that isn't possible.
 */
export async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new UsageError(`File "${path}" can't be read: ${reasonOf(error)}`);
  }
}

/**
 * The broker's address, with the port of `-p`. A password in it is only for the
 * user in it, not for another one of `-u`.
 */
function readHost(options: Options): string {
  // Not brokerUrl(): its port would keep `--cafile` from choosing 8883.
  const host = options.text("host") ??
    (Deno.env.get("MQTT_URL") || "localhost");
  const port = options.number("port", { least: 1, most: 65535 });
  const username = options.text("username");
  const isIpv6 = /^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i.test(host);
  const name = isIpv6 ? `[${host}]` : host;
  const url = URL.parse(name.includes("://") ? name : `mqtt://${name}`);
  // connect() will say what is wrong with it.
  if (url === null) return host;
  if (port !== undefined) url.port = String(port);
  if (username !== undefined) {
    const known = url.username;
    url.username = username;
    if (url.username !== known) url.password = "";
  }
  return url.href;
}

async function readUser(
  options: Options,
  host: string,
): Promise<Pick<ConnectOptions, "username" | "password">> {
  const username = options.text("username");
  const password = options.text("pw");
  const address = URL.parse(host);
  if (password !== undefined) {
    if (username !== undefined) return { username, password };
    if (address?.username) return { password };
    throw new UsageError("Password of -P has no user: it needs -u");
  }
  if (username === undefined) return {};
  if (address?.password || !isTalkingToUser()) return { username };
  const { promptSecret } = await import("@std/cli/prompt-secret");
  const typed = promptSecret(`Password of ${username}:`);
  return { username, ...(typed && { password: typed }) };
}

/** The question goes to standard output, which may hold payloads only. */
function isTalkingToUser(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
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

import { isIPv4, isIPv6 } from "node:net";
import process from "node:process";
import { ambiguous, invalid, withoutSecrets } from "./address_error.ts";

/** Where a broker is, taken apart. */
export interface BrokerAddress {
  /** What is spoken: MQTT over TCP, TLS, WebSocket or secure WebSocket. */
  protocol: "mqtt" | "mqtts" | "ws" | "wss";
  /** The host's name or IP address, an IPv6 address without its brackets. */
  hostname: string;
  /** The port, 1 to 65535. */
  port: number;
  /** The path of a WebSocket URL with its query, from its slash. */
  path: string;
  /** The user's name, if the address has one. */
  username?: string;
  /** The user's password, if the address has one. */
  password?: string;
  /** Host and port as a reader knows them, without any password. */
  label: string;
  /** All of it as a URL, with the password: not for a reader's eyes. */
  url: string;
}

/** How a broker is spoken to, where its address doesn't say all of it. */
interface AddressOptions {
  /** Whether TLS is used, whatever the address says. */
  secure?: boolean;
  /** What carries MQTT; what the address says unless given. */
  transport?: "tcp" | "websocket" | undefined;
}

const DEFAULT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

/** A name or an address of IPv4; or one of IPv6 and its zone; and a port. */
const HOST =
  /^(?:([\w.\-\u{80}-\u{10ffff}]+)|\[([\da-f:.]+)(?:%(?:25)?([\w.-]+))?\])(?::(\d+))?$/iu;

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;

export function namedBroker(): string | undefined {
  return process.env.MQTT_URL?.trim() || undefined;
}

/**
 * Reads what a caller gives as `host`: a name, `name:port`, a URL, or nothing;
 * each also as a list, `name:port,name:port`, and with `user:password@` before it.
 *
 * It is the one reader of addresses. The text is cut once, at its first `/`, `?` or
 * `#` and at the last `@` before that, and what could be cut differently is refused.
 *
 * @returns The hosts' addresses, in the order in which they are to be tried.
 * @throws {TypeError} If it is none of these.
 * @throws {RangeError} If a port isn't 1 to 65535.
 */
export function parseAddresses(
  host: string = namedBroker() ?? "localhost",
  options: AddressOptions = {},
): [BrokerAddress, ...BrokerAddress[]] {
  const text = host.trim();
  const [, scheme, rest = ""] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*)$/is
    .exec(isIPv6(text) ? `[${text}]` : text)!;
  const [, authority = "", tail = ""] = /^([^/?#]*)(.*)$/s.exec(rest)!;
  const protocol = chooseProtocol(scheme?.toLowerCase() ?? "mqtt", options);
  const login = authority.slice(0, authority.lastIndexOf("@") + 1);
  const hosts = authority.slice(login.length).split(",");
  assertUnambiguous(text, { login, tail });
  if (protocol === undefined || CONTROL.test(text)) throw invalid(text);
  const url = URL.parse(`${protocol}://${login}h${tail}`);
  if (url === null) throw invalid(text);
  const common: Common = {
    protocol,
    path: `${url.pathname}${url.search}` || "/",
  };
  if (url.username !== "") common.username = decode(text, url.username);
  if (url.password !== "") common.password = decode(text, url.password);
  try {
    const [first, ...others] = hosts.map((name) =>
      parseHost(text, name, common)
    );
    return [first!, ...others];
  } catch (error) {
    // What isn't a host may be a password that goes on behind it.
    throw tail.includes("@") ? ambiguous(text) : error;
  }
}

/** Writes addresses as one text that {@linkcode parseAddresses} reads. */
export function formatAddresses(
  addresses: readonly [AddressParts, ...AddressParts[]],
): string {
  const [{ protocol, path, username = "", password }] = addresses;
  const secret = password === undefined
    ? ""
    : `:${encodeURIComponent(password)}`;
  const login = `${encodeURIComponent(username)}${secret}`;
  const hosts = addresses.map(({ hostname, port }) => label(hostname, port));
  return `${protocol}://${login && `${login}@`}${hosts.join(",")}${
    path === "/" ? "" : path
  }`;
}

/**
 * Checks a port number.
 *
 * @throws {RangeError} If it isn't a whole number from 0 (or 1) to 65535.
 */
export function assertPort(port: number, lowest: 0 | 1 = 1): void {
  if (Number.isInteger(port) && port >= lowest && port <= 65535) return;
  throw new RangeError(
    `Port is ${port}: it must be a whole number from ${lowest} to 65535`,
  );
}

type AddressParts = Omit<BrokerAddress, "label" | "url">;
type Common = Omit<AddressParts, "hostname" | "port">;

function chooseProtocol(
  scheme: string,
  { secure = false, transport }: AddressOptions,
): BrokerAddress["protocol"] | undefined {
  if (!Object.hasOwn(DEFAULT_PORTS, scheme)) return undefined;
  const isSecure = secure || scheme === "mqtts" || scheme === "wss";
  const isWebSocket = transport === undefined
    ? scheme.startsWith("ws")
    : transport === "websocket";
  if (isWebSocket) return isSecure ? "wss" : "ws";
  return isSecure ? "mqtts" : "mqtt";
}

/**
 * A `/`, `?` or `#` in a password would end the host's part of the URL, and make
 * a host of what comes before it. So would a `\` for some readers.
 */
function assertUnambiguous(
  text: string,
  { login, tail }: { login: string; tail: string },
): void {
  // A query of WebSocket may well have an @, as a token does.
  const isQuery = /^wss?:/i.test(text) && /^\/[^?@]*\?/.test(tail);
  const isLate = tail.includes("@") && !isQuery;
  const isDouble = /@.*,.*@/s.test(login);
  if (!isLate && !isDouble && !/\\/.test(text) && !tail.includes("#")) return;
  throw ambiguous(text);
}

function parseHost(
  text: string,
  given: string,
  common: Common,
): BrokerAddress {
  const [, name, ipv6, zone, digits] = HOST.exec(given) ?? [];
  const isWebSocket = common.protocol.startsWith("ws");
  const host = URL.parse(`http://${ipv6 ? `[${ipv6}]` : name}`)?.hostname;
  const isHost = (name ?? ipv6) !== undefined && host !== undefined &&
    // A number, `127.1` or `0x7f.1` is an IPv4 address to some readers only.
    (name === undefined || !isIPv4(host) || host === name);
  if (!isHost) throw invalid(text);
  if (zone !== undefined && isWebSocket) {
    throw new TypeError(
      `Broker address "${
        withoutSecrets(text)
      }" has the zone "${zone}": over WebSocket it must have none`,
    );
  }
  const port = Number(digits ?? DEFAULT_PORTS[common.protocol]);
  assertPort(port);
  const hostname = host.replace(/^\[|\]$/g, "") + (zone ? `%${zone}` : "");
  const address = { ...common, hostname, port };
  return {
    ...address,
    label: label(hostname, port),
    url: formatAddresses([address]),
  };
}

function label(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** A `%` that begins no code stands for itself. */
function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part.replace(/%(?![\da-f]{2})/gi, "%25"));
  } catch {
    throw ambiguous(text);
  }
}

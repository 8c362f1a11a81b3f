import { brokerUrl } from "../broker_url.ts";

/** Where a broker is, taken apart. */
export interface BrokerAddress {
  protocol: "mqtt" | "mqtts" | "ws" | "wss";
  hostname: string;
  port: number;
  /** The path of a WebSocket URL, from its slash. */
  path: string;
  username?: string;
  password?: string;
  /** Host and port as a reader knows them, without any password. */
  label: string;
}

const DEFAULT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

/**
 * Reads what a caller gives as `host`: a name, `name:port`, a URL, or nothing.
 *
 * @throws {TypeError} If it is none of these.
 * @throws {RangeError} If the port isn't 1 to 65535.
 */
export function parseAddress(host: string = brokerUrl()): BrokerAddress {
  const text = host.includes("://") ? host : `mqtt://${bracketed(host)}`;
  assertEncoded(text);
  const port = /:(\d+)(?:[/?#]|$)/.exec(text.replace(/^.*@/, ""))?.[1];
  if (port !== undefined) assertPort(Number(port));
  let url: URL;
  try {
    // A URL of an unknown scheme isn't checked as strictly as one of http.
    url = new URL(text.replace(/^\w+:/, "http:"));
  } catch {
    throw invalid(host);
  }
  const protocol = text.slice(0, text.indexOf(":")).toLowerCase();
  if (!isProtocol(protocol) || url.hostname === "") throw invalid(host);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const address: BrokerAddress = {
    protocol,
    hostname,
    port: Number(port ?? DEFAULT_PORTS[protocol]),
    path: `${url.pathname}${url.search}`,
    label: "",
  };
  if (url.username !== "") address.username = decode(url.username);
  if (url.password !== "") address.password = decode(url.password);
  address.label = `${url.hostname}:${address.port}`;
  return address;
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

/**
 * A `/`, `?` or `#` in a password would end the host's part of the URL, and make
 * a host of what comes before it.
 */
function assertEncoded(url: string): void {
  const [, rest = ""] = /^\w+:\/\/[^/?#]*(.*)$/s.exec(url) ?? [];
  if (!rest.includes("@")) return;
  throw new TypeError(
    `Broker address "${
      hidden(url)
    }" is ambiguous: in a user name or password, write / as %2F, ? as %3F and # as %23`,
  );
}

function bracketed(host: string): string {
  const isBareIpv6 = host.split(":").length > 2 && !host.startsWith("[");
  return isBareIpv6 ? `[${host}]` : host;
}

function isProtocol(text: string): text is BrokerAddress["protocol"] {
  return Object.hasOwn(DEFAULT_PORTS, text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(host: string): TypeError {
  return new TypeError(
    `Broker address "${
      hidden(host)
    }" is not a name, name:port, or a URL of mqtt, mqtts, ws or wss`,
  );
}

/** A URL without what may be a password: all up to its last `@`. */
function hidden(url: string): string {
  return url.replace(/\/\/.*@/s, "//…@");
}

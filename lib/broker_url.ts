import { isIPv6 } from "node:net";
import {
  type BrokerAddress,
  namedBroker,
  parseAddresses,
} from "./client/address.ts";

export type { BrokerAddress } from "./client/address.ts";

/**
 * The address of the broker that a program should use: the variable `MQTT_URL`, or
 * `mqtt://localhost:1883` without it. It may be a list of hosts, such as
 * `mqtt://one.lan:1883,two.lan`; `connect` tries them in turn.
 *
 * @example Where a lesson's program finds its broker
 * ```ts
 * import { brokerUrl } from "./mod.ts";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(brokerUrl(), /^(mqtt|ws)s?:\/\//);
 * ```
 */
export function brokerUrl(): string {
  const host = namedBroker() ?? "localhost:1883";
  if (host.includes("://")) return host;
  return `mqtt://${isIPv6(host) ? `[${host}]` : host}`;
}

/**
 * Takes a broker's address apart, for what needs its parts, or one checked URL: a
 * relay, or MQTT.js's own `mqtt.connect`. Of a list of hosts it is the first.
 *
 * @example Host and port
 * ```ts
 * import { brokerAddress } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { hostname, port } = brokerAddress("mqtt://info:s3cret@broker.lan");
 * assertEquals([hostname, port], ["broker.lan", 1883]);
 * ```
 *
 * @throws {TypeError | RangeError} If it is no name, `name:port` or URL, or the port
 * isn't 1 to 65535.
 */
export function brokerAddress(host?: string): BrokerAddress {
  return parseAddresses(host)[0];
}

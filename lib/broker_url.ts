import process from "node:process";

/**
 * The address of the broker that a program should use: the variable `MQTT_URL`,
 * or `mqtt://localhost:1883` without it.
 *
 * @example Where a lesson's program finds its broker
 * ```ts
 * import { brokerUrl } from "./mod.ts";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(brokerUrl(), /^(mqtt|ws)s?:\/\//);
 * ```
 *
 * @returns A URL such as `mqtt://localhost:1883`.
 */
export function brokerUrl(): string {
  const host = process.env.MQTT_URL || "localhost:1883";
  return host.includes("://") ? host : `mqtt://${host}`;
}

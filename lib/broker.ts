import type { Broker, BrokerOptions } from "./broker/options.ts";
export type { BrokerLimits } from "./broker/limits.ts";
export type {
  Broker,
  BrokerClient,
  BrokerConnection,
  BrokerOptions,
  BrokerTls,
  TopicRule,
} from "./broker/options.ts";
export { BrokerStartError } from "./broker/errors.ts";
export { BrokerStoreError } from "./broker/errors.ts";

/**
 * Starts an MQTT broker inside this program, to learn and to test with: no other
 * program has to be installed. It speaks MQTT 3.1, 3.1.1 and 5.0, and ends with
 * `await using` or `close()`. A client that breaks the protocol, or is over a limit
 * that has no gentler answer, is cut; one of MQTT 5.0 is told why in DISCONNECT.
 *
 * Sessions, retained messages and what waits for clients are kept in memory, and
 * with a `store` on the disk, too: nothing is acknowledged before it is there, and a
 * broker that is killed goes on from it (lib/README.md, "The broker's part").
 *
 * Subscriptions may be shared (`$share/GROUP/FILTER`, MQTT 5.0 section 4.8.2), in
 * MQTT 3.1.1 too: what a member of a group has not confirmed at QoS 1 goes to another
 * one when its connection ends. How the broker is stands below `$SYS/broker/`, anew
 * every ten seconds, under mosquitto's names.
 *
 * @example Users who may publish only on their own topics
 * ```ts
 * import { connect, startBroker } from "./mod.ts";
 * import { assert } from "@std/assert";
 *
 * await using broker = await startBroker({
 *   port: 0,
 *   users: { ann: "secret", bob: "hidden" },
 *   rules: [{ publish: ["iot/%u/#"], subscribe: ["iot/#"] }],
 * });
 * const login = { username: "ann", password: "secret" };
 * await using client = await connect(broker.url, login);
 * await client.publishAsync("iot/ann/lamp", "on", { qos: 1 });
 * assert(client.connected);
 * ```
 *
 * @throws {TypeError | RangeError} If an option isn't valid, or names a file that
 * can't be read.
 * @throws {BrokerStartError | BrokerStoreError} If it can't listen, or can't use the
 * store; nothing is left open then.
 */
export async function startBroker(
  options: BrokerOptions = {},
): Promise<Broker> {
  // A program that only publishes or subscribes needn't load a broker.
  const { openBroker } = await import("./broker/open.ts");
  return await openBroker(options);
}

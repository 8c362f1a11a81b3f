import type { Broker, BrokerOptions } from "./broker/options.ts";
export type { BrokerLimits } from "./broker/limits.ts";
export type {
  Broker,
  BrokerOptions,
  BrokerTls,
  TopicRule,
} from "./broker/options.ts";
export { BrokerStartError } from "./broker/listen/start_error.ts";
export { BrokerStoreError } from "./broker/store/store_error.ts";

/**
 * Starts an MQTT broker inside this program, to learn and to test with: no other
 * program has to be installed. It speaks MQTT 3.1, 3.1.1 and 5.0. Sessions,
 * retained messages and what waits for clients are kept in memory and end with
 * it. A client that breaks the protocol, or is over a limit that has no gentler
 * answer, is cut; one of MQTT 5.0 is told why in DISCONNECT.
 *
 * Subscriptions may be shared (`$share/GROUP/FILTER`, MQTT 5.0 section 4.8.2), in
 * MQTT 3.1.1 too. What a member of a group has not confirmed at QoS 1 goes to
 * another one when its connection ends. How the broker is stands below
 * `$SYS/broker/`, anew every ten seconds, under mosquitto's names.
 *
 * With a `store` they are in a folder, too: no PUBACK, PUBREC, PUBCOMP or SUBACK
 * is sent before the disk has what it confirms. A broker that is killed, or whose
 * computer loses its power, goes on from there, and at QoS 2 a message still
 * arrives once, if the clients come back to their sessions. Not kept are messages
 * of QoS 0 on their way, and the wills of clients that were connected when the
 * broker was killed, unless they have a will delay. A broker that is closed
 * publishes these.
 *
 * @example A broker for a test
 * ```ts
 * import { startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 * import mqtt from "mqtt";
 *
 * await using broker = await startBroker({ port: 0 });
 * const client = await mqtt.connectAsync(broker.url);
 * const [granted] = await client.subscribeAsync("iot/#", { qos: 1 });
 * assertEquals(granted?.qos, 1);
 * await client.endAsync();
 * ```
 *
 * @example Users who may publish only on their own topics
 * ```ts
 * import { startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({
 *   port: 0,
 *   users: { ann: "secret", bob: "hidden" },
 *   rules: [{ publish: ["iot/%u/#"], subscribe: ["iot/#"] }],
 * });
 * assertEquals(broker.websocketUrl, undefined);
 * ```
 *
 * @example A retained message that outlives its broker
 * ```ts
 * import { messages, publishOnce, startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await Deno.makeTempDir();
 * {
 *   await using broker = await startBroker({ port: 0, store });
 *   const message = { topic: "iot/door", payload: "open", retain: true };
 *   await publishOnce(broker.url, message);
 * }
 * {
 *   await using broker = await startBroker({ port: 0, store });
 *   for await (const message of messages(broker.url, "iot/#")) {
 *     assertEquals(message.text, "open");
 *     break;
 *   }
 * }
 * await Deno.remove(store, { recursive: true });
 * ```
 *
 * @example Users and rules in files that mosquitto reads, too
 * ```ts
 * import { connect, ConnectionRefusedError, startBroker } from "./mod.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/passwords`, "# nobody yet\n");
 * await Deno.writeTextFile(`${folder}/acl`, "pattern write iot/%u/#\n");
 * await using broker = await startBroker({
 *   port: 0,
 *   passwordFile: `${folder}/passwords`,
 *   aclFile: `${folder}/acl`,
 * });
 * await assertRejects(() => connect(broker.url), ConnectionRefusedError);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @param options Where to listen, and who may do what.
 * @returns The broker, once it accepts connections.
 * @throws {RangeError} If a port isn't 0 to 65535, or a limit can't be one.
 * @throws {TypeError} If the host or the store is empty, the certificate or key
 * can't be used, an origin isn't one, a rule has an invalid filter or an unknown
 * user, or the password file or the ACL file can't be read.
 * @throws {BrokerStartError} If it can't listen; nothing is left open then.
 * @throws {BrokerStoreError} If the store can't be used.
 */
export async function startBroker(
  options: BrokerOptions = {},
): Promise<Broker> {
  // A program that only publishes or subscribes needn't load a broker.
  const { openBroker } = await import("./broker/open.ts");
  return await openBroker(options);
}

/**
 * The workbook's toolkit around MQTT.js: subscribing, publishing under flow
 * control, virtual sensors, and an embedded broker. What writes and reads CSV
 * files is in `csv.ts`.
 *
 * @example Hello world
 * ```ts
 * import { publishOnce, startBroker, subscribe } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const greeting = Promise.withResolvers<string>();
 * await using _subscription = await subscribe(
 *   broker.url,
 *   "iot/#",
 *   (message) => greeting.resolve(`${message.topic}  ${message.text}`),
 *   false,
 * );
 * await publishOnce(broker.url, {
 *   topic: "iot/greeting",
 *   payload: "Hello world!",
 * });
 * assertEquals(await greeting.promise, "iot/greeting  Hello world!");
 * ```
 *
 * @module
 */
export * from "./broker.ts";
export * from "./broker_url.ts";
export * from "./button.ts";
export { tracePackets } from "./client/trace.ts";
export * from "./connect.ts";
export {
  BrokerUnreachableError,
  ConnectionRefusedError,
  PublishError,
  SubscriptionRefusedError,
} from "./errors.ts";
export * from "./describe_error.ts";
export * from "./light_sensor.ts";
export { readLines, type ReadLinesOptions } from "./lines.ts";
export * from "./menu.ts";
export * from "./message.ts";
export * from "./messages.ts";
export { printable } from "./printable.ts";
export * from "./publish_once.ts";
export * from "./publisher.ts";
export { reasonWords } from "./reason_codes.ts";
export * from "./sensor.ts";
export * from "./stop_signal.ts";
export * from "./subscribe.ts";
export * from "./topics.ts";

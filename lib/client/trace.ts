import type { Packet } from "mqtt";
import process from "node:process";
import { describePacket } from "./describe_packet.ts";
import type { MqttClient } from "./options.ts";
import { printable } from "../printable.ts";

/**
 * Prints each packet that a client sends and receives, timed, on standard error, if
 * the variable `MQTT_TRACE` is set, with MQTT 5's properties and reason codes in
 * words. What `connect` gives is traced without it: this is for a client that
 * MQTT.js's own `mqtt.connect` has made in the same moment.
 *
 * @example MQTT.js's own client
 * ```ts
 * import { startBroker, tracePackets } from "../mod.ts";
 * import { assert } from "@std/assert";
 * import mqtt from "mqtt";
 *
 * await using broker = await startBroker({ port: 0 });
 * const client = tracePackets(mqtt.connect(broker.url));
 * await new Promise<void>((resolve) => client.once("connect", () => resolve()));
 * assert(client.connected);
 * await client.endAsync();
 * ```
 */
export function tracePackets(client: MqttClient): MqttClient {
  if (["", "0", undefined].includes(process.env.MQTT_TRACE)) return client;
  const start = performance.now();
  const print = (arrow: string, packet: Packet) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(3);
    const line = `${seconds.padStart(9)} ${arrow} ${describePacket(packet)}`;
    console.error(printable(line));
  };
  const printSent = (packet: Packet) => {
    // MQTT.js hands CONNECT to a socket that may never be connected.
    const { stream } = client;
    if (!("connecting" in stream && stream.connecting)) print("→", packet);
    else stream.once("connect", () => print("→", packet));
  };
  // A client that connects already has handed over its first CONNECT.
  if (client.stream !== undefined) {
    printSent({ ...client.options, cmd: "connect" } as Packet);
  }
  client.on("packetsend", printSent);
  client.on("packetreceive", (packet) => print("←", packet));
  return client;
}

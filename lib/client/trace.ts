import type { Packet } from "mqtt";
import { Buffer } from "node:buffer";
import process from "node:process";
import type { MqttClient } from "../connect.ts";

/**
 * Prints each packet that a client sends and receives, timed, on standard error,
 * if the variable `MQTT_TRACE` is set, as `--trace` of a lesson does. What
 * `connect` gives is traced without it: this is for a client that MQTT.js's own
 * `mqtt.connect` has made in the same moment.
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
 *
 * @param client The client.
 * @returns The same client.
 */
export function tracePackets(client: MqttClient): MqttClient {
  if (["", "0", undefined].includes(process.env.MQTT_TRACE)) return client;
  const start = performance.now();
  const print = (arrow: string, packet: Packet) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(3);
    console.error(`${seconds.padStart(9)} ${arrow} ${describePacket(packet)}`);
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

/**
 * Says in one line what a packet is.
 *
 * @returns The packet's name and fields, such as `PUBLISH     iot/x qos 2 id 7`.
 */
export function describePacket(packet: Packet): string {
  const name = packet.cmd.toUpperCase().padEnd(11);
  return `${name} ${packetFields(packet).join(" ")}`.trimEnd();
}

function packetFields(packet: Packet): string[] {
  const id = packet.messageId ? [`id ${packet.messageId}`] : [];
  switch (packet.cmd) {
    case "connect":
      return [
        packet.clientId || "(no client id)",
        packet.clean === false ? "session kept" : "clean session",
        `keepalive ${packet.keepalive ?? 0}`,
        ...(packet.username ? [`user ${packet.username}`] : []),
        ...(packet.will ? [`will ${packet.will.topic}`] : []),
      ];
    case "connack":
      return [
        `code ${packet.reasonCode ?? packet.returnCode ?? 0}`,
        ...(packet.sessionPresent ? ["session present"] : []),
      ];
    case "publish":
      return [
        packet.topic,
        `qos ${packet.qos}`,
        ...id,
        ...(packet.retain ? ["retain"] : []),
        ...(packet.dup ? ["dup"] : []),
        `${Buffer.byteLength(packet.payload)} bytes`,
      ];
    case "subscribe":
      return [
        ...packet.subscriptions.map(({ topic, qos }) => `${topic} qos ${qos}`),
        ...id,
      ];
    case "suback":
      return [`granted ${packet.granted.join(" ")}`, ...id];
    case "unsubscribe":
      return [...packet.unsubscriptions, ...id];
    default:
      return id;
  }
}

import { Buffer } from "node:buffer";
import type { IConnackPacket, Packet } from "mqtt";
import type { IConnectPacket, ISubscription } from "mqtt-packet";
import { describeProperties } from "./describe_properties.ts";
import { printable } from "../printable.ts";
import { reasonWords, refusalWords } from "../reason_codes.ts";

/** SUBACK's code for a refusal that isn't explained. */
const REFUSED = 128;

/**
 * Says in one line what a packet is. What strangers have written in it is printable.
 *
 * @returns The packet's name and fields, such as `PUBLISH     iot/x qos 2 id 7`, and
 *   after commas what MQTT 5 adds, such as `PUBACK      id 1 no matching subscribers
 *   (16)` or `CONNACK     accepted, receive maximum 20`.
 */
export function describePacket(packet: Packet): string {
  const name = packet.cmd.toUpperCase().padEnd(11);
  const fields = packetFields(packet).join(" ");
  const properties = "properties" in packet
    ? describeProperties(packet.properties)
    : [];
  return [`${name} ${fields}`.trimEnd(), ...properties].join(", ");
}

function packetFields(packet: Packet): string[] {
  const id = packet.messageId ? [`id ${packet.messageId}`] : [];
  switch (packet.cmd) {
    case "connect":
      return connectFields(packet);
    case "connack":
      return connackFields(packet);
    case "publish":
      return [
        printable(packet.topic) || "(topic alias)",
        `qos ${packet.qos}`,
        ...id,
        ...(packet.retain ? ["retain"] : []),
        ...(packet.dup ? ["dup"] : []),
        `${Buffer.byteLength(packet.payload)} bytes`,
      ];
    case "subscribe":
      return [...packet.subscriptions.map(describeSubscription), ...id];
    case "suback":
      return [
        (packet.granted as number[]).map(describeGrant).join(", "),
        ...id,
      ];
    case "unsubscribe":
      return [...packet.unsubscriptions.map(printable), ...id];
    case "unsuback":
      return [...id, ...(packet.granted ?? []).flatMap(describeReason)];
    case "pingreq":
    case "pingresp":
      return [];
    default:
      return [...id, ...describeReason(packet.reasonCode)];
  }
}

function connectFields(packet: IConnectPacket): string[] {
  const { protocolVersion, will } = packet;
  const willProperties = describeProperties(will?.properties).join(", ");
  return [
    printable(packet.clientId) || "(no client id)",
    ...(protocolVersion === 5 ? ["MQTT 5"] : []),
    ...describeSession(packet),
    `keepalive ${packet.keepalive ?? 0}`,
    ...(packet.username ? [`user ${printable(packet.username)}`] : []),
    ...(will ? [`will ${printable(will.topic)}`] : []),
    ...(willProperties ? [`(${willProperties})`] : []),
  ];
}

function describeSession(
  { clean, protocolVersion }: IConnectPacket,
): string[] {
  if (clean !== false) {
    return [protocolVersion === 5 ? "clean start" : "clean session"];
  }
  // How long MQTT 5 keeps it is a property.
  return protocolVersion === 5 ? [] : ["session kept"];
}

function connackFields(packet: IConnackPacket): string[] {
  const code = packet.reasonCode ?? packet.returnCode ?? 0;
  if (code !== 0) return [`${refusalWords(code)} (${code})`];
  return [packet.sessionPresent ? "accepted, session present" : "accepted"];
}

function describeSubscription(
  { topic, qos, nl, rap, rh }: ISubscription,
): string {
  return [
    printable(topic),
    `qos ${qos}`,
    ...(nl ? ["no local"] : []),
    ...(rap ? ["retain as published"] : []),
    ...(rh ? [`retain handling ${rh}`] : []),
  ].join(" ");
}

function describeGrant(code: number): string {
  if (code < REFUSED) return `granted ${code}`;
  const words = code === REFUSED ? "refused" : reasonWords(code);
  return `${words} (${code})`;
}

/** Success goes without saying. */
function describeReason(code = 0): string[] {
  return code === 0 ? [] : [`${reasonWords(code)} (${code})`];
}

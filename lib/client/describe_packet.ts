import { Buffer } from "node:buffer";
import type { IConnackPacket, Packet } from "mqtt";
import type { IConnectPacket, ISubscription } from "mqtt-packet";
import { excerpt, printable } from "../printable.ts";
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

const LONGEST_TEXT = 60;
const MOST_PAIRS = 10;
const FOR_EVER = 0xffffffff;

/** Properties of which no value is shown. */
const SECRET = ["authenticationData"];

const SECONDS = [
  "sessionExpiryInterval",
  "willDelayInterval",
  "messageExpiryInterval",
  "serverKeepAlive",
];

/**
 * Says what the properties of a packet of MQTT 5 are, such as
 * `session expiry interval 60 s` and `"unit": "°C"`.
 */
function describeProperties(properties: object = {}): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name === "userProperties") return describePairs(value);
    if (name === "reasonString") return [`reason ${excerpt(String(value))}`];
    return [`${toWords(name)} ${describeValue(name, value)}`];
  });
}

/** `maximumQoS` becomes "maximum QoS", and `topicAlias` "topic alias". */
function toWords(name: string): string {
  return printable(name).replaceAll(
    /QoS|[A-Z]/g,
    (match) => ` ${match === "QoS" ? match : match.toLowerCase()}`,
  );
}

function describeValue(name: string, value: unknown): string {
  if (typeof value === "string") return excerpt(value);
  if (value instanceof Uint8Array) {
    return SECRET.includes(name)
      ? `${value.length} bytes`
      : describeBytes(value);
  }
  if (Array.isArray(value)) return printable(value.join(" "));
  if (name === "sessionExpiryInterval" && value === FOR_EVER) return "for ever";
  const unit = SECONDS.includes(name) ? " s" : "";
  return `${printable(String(value))}${unit}`;
}

/** Text, if it is some, or bytes in hexadecimal. */
function describeBytes(bytes: Uint8Array): string {
  const text = String(Buffer.from(bytes));
  const isText = printable(text) === text && !text.includes("\ufffd");
  if (isText) return excerpt(text);
  const shown = Buffer.from(bytes.subarray(0, LONGEST_TEXT / 2));
  return `0x${shown.toString("hex")}${bytes.length > shown.length ? "…" : ""}`;
}

/** One object with lists in it, or one for each pair: both are MQTT.js's. */
function describePairs(value: unknown): string[] {
  const pairs = [value].flat().flatMap((record) =>
    Object.entries(record as object).flatMap(([name, texts]) =>
      [texts].flat().map((text) => `${excerpt(name)}: ${excerpt(String(text))}`)
    )
  );
  const left = pairs.length - MOST_PAIRS;
  const shown = pairs.slice(0, MOST_PAIRS);
  return left > 0 ? [...shown, `${left} more`] : shown;
}

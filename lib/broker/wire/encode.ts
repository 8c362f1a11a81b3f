// The broker writes its packets itself. mqtt-packet would add 0.05 s to the start
// of each program that imports the toolkit, as much as MQTT.js itself, and writes
// user properties in another order than they came in.

import { Buffer } from "node:buffer";
import { PACKET, type Version } from "./packets.ts";
import { REASON } from "./packets.ts";
import {
  encodeProperties,
  NO_BYTES,
  type PropertyValues,
  variableSize,
  writeVariable,
} from "./properties.ts";

const DUP = 0x08;
const RETAIN = 0x01;
/** The codes of CONNACK in MQTT 3.1.1 (section 3.2.2.3), by those of 5.0. */
const OLD_CODES: Readonly<Record<number, number>> = {
  0x00: 0,
  0x84: 1,
  0x85: 2,
  0x86: 4,
  0x87: 5,
};
const SERVER_UNAVAILABLE = 3;

/** What a PUBLISH packet says besides its payload. */
interface PublishHeader {
  topic: Buffer;
  payloadLength: number;
  qos: 0 | 1 | 2;
  retain: boolean;
  id?: number | undefined;
  isDuplicate?: boolean | undefined;
  /** Encoded, with MQTT 5.0. */
  properties?: readonly Buffer[] | undefined;
}

/** A PUBLISH packet up to its payload, which needn't be copied (section 3.3). */
export function publishHeader(
  { topic, payloadLength, qos, retain, id = 0, isDuplicate, properties }:
    PublishHeader,
): Buffer {
  let length = 0;
  for (const part of properties ?? []) length += part.length;
  const variable = 2 + topic.length + (qos === 0 ? 0 : 2) +
    (properties === undefined ? 0 : variableSize(length) + length);
  const remaining = variable + payloadLength;
  const header = Buffer.allocUnsafe(1 + variableSize(remaining) + variable);
  header[0] = (PACKET.PUBLISH << 4) | (qos << 1) | (retain ? RETAIN : 0) |
    (isDuplicate ? DUP : 0);
  let offset = writeVariable(header, remaining, 1);
  offset = writeWord(header, topic.length, offset);
  header.set(topic, offset);
  offset += topic.length;
  if (qos !== 0) offset = writeWord(header, id, offset);
  if (properties === undefined) return header;
  offset = writeVariable(header, length, offset);
  for (const part of properties) {
    header.set(part, offset);
    offset += part.length;
  }
  return header;
}

/** A CONNACK packet (section 3.2). */
export function connack(
  version: Version,
  reason: number,
  { isPresent = false, ...values }:
    & PropertyValues
    & { isPresent?: boolean } = {},
): Buffer {
  const code = version === 5 ? reason : OLD_CODES[reason] ?? SERVER_UNAVAILABLE;
  const flags = isPresent && version > 3 ? 1 : 0;
  return packet(PACKET.CONNACK, Buffer.of(flags, code), version, values);
}

/** A PUBACK, PUBREC, PUBREL or PUBCOMP packet (sections 3.4 to 3.7). */
export function acknowledgement(
  type: number,
  id: number,
  reason = 0,
  values?: PropertyValues,
): Buffer {
  if (reason === 0) return Buffer.of(headerOf(type), 2, id >> 8, id & 0xff);
  return packet(type, Buffer.of(id >> 8, id & 0xff, reason), 5, values);
}

/** A SUBACK or UNSUBACK packet, with a code for each filter (sections 3.9, 3.11). */
export function answer(
  type: number,
  version: Version,
  { id, codes, words }: {
    id: number;
    codes: Uint8Array;
    words?: PropertyValues;
  },
): Buffer {
  const head = Buffer.of(id >> 8, id & 0xff);
  if (version === 5) return packet(type, head, version, words, codes);
  if (type === PACKET.UNSUBACK) return packet(type, head, version);
  // All refusals are the same (MQTT 3.1.1 section 3.9.3).
  const old = codes.map((code) => Math.min(code, REASON.UNSPECIFIED));
  return packet(type, head, version, {}, old);
}

export const PINGRESP: Buffer = Buffer.of(PACKET.PINGRESP << 4, 0);

/** A DISCONNECT packet (MQTT 5.0 section 3.14). */
export function disconnect(reason: number, values: PropertyValues): Buffer {
  return packet(PACKET.DISCONNECT, Buffer.of(reason), 5, values);
}

function packet(
  type: number,
  head: Buffer,
  version: Version,
  values: PropertyValues = {},
  tail: Uint8Array = NO_BYTES,
): Buffer {
  const properties = version === 5 ? encodeProperties(values) : NO_BYTES;
  const size = version === 5 ? variableSize(properties.length) : 0;
  const length = head.length + size + properties.length + tail.length;
  const bytes = Buffer.allocUnsafe(1 + variableSize(length) + length);
  bytes[0] = headerOf(type);
  let offset = writeVariable(bytes, length, 1);
  bytes.set(head, offset);
  offset += head.length;
  if (version === 5) offset = writeVariable(bytes, properties.length, offset);
  bytes.set(properties, offset);
  bytes.set(tail, offset + properties.length);
  return bytes;
}

function headerOf(type: number): number {
  return (type << 4) | (type === PACKET.PUBREL ? 2 : 0);
}

function writeWord(target: Buffer, value: number, offset: number): number {
  target[offset] = value >> 8;
  target[offset + 1] = value & 0xff;
  return offset + 2;
}

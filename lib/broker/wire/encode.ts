// The broker writes its packets itself. mqtt-packet would add 0.05 s to the start
// of each program that imports the toolkit, as much as MQTT.js itself, and writes
// user properties in another order than they came in.

import { Buffer } from "node:buffer";
import { PACKET, type Version } from "./packet_types.ts";
import {
  PROPERTY,
  PropertyWriter,
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

/** What a packet says besides its code: MQTT 3.1.1 can't. */
export type Extras = (properties: PropertyWriter) => void;

/** What a PUBLISH packet says besides its payload. */
export interface PublishHeader {
  topic: Buffer;
  payloadLength: number;
  qos: 0 | 1 | 2;
  retain: boolean;
  id?: number | undefined;
  isDuplicate?: boolean | undefined;
  /** With MQTT 5.0. */
  properties?: PropertyWriter | undefined;
}

/** A PUBLISH packet up to its payload, which needn't be copied (section 3.3). */
export function publishHeader(
  { topic, payloadLength, qos, retain, id = 0, isDuplicate, properties }:
    PublishHeader,
): Buffer {
  const variable = 2 + topic.length + (qos === 0 ? 0 : 2) +
    (properties?.size ?? 0);
  const remaining = variable + payloadLength;
  const header = Buffer.allocUnsafe(1 + variableSize(remaining) + variable);
  header[0] = (PACKET.PUBLISH << 4) | (qos << 1) | (retain ? RETAIN : 0) |
    (isDuplicate ? DUP : 0);
  let offset = writeVariable(header, remaining, 1);
  offset = writeWord(header, topic.length, offset);
  header.set(topic, offset);
  offset += topic.length;
  if (qos !== 0) offset = writeWord(header, id, offset);
  properties?.write(header, offset);
  return header;
}

/** A CONNACK packet (section 3.2). */
export function connack(
  version: Version,
  reason: number,
  { isPresent = false, extras }: {
    isPresent?: boolean;
    extras?: Extras | undefined;
  } = {},
): Buffer {
  const code = version === 5 ? reason : OLD_CODES[reason] ?? SERVER_UNAVAILABLE;
  return packet(
    PACKET.CONNACK << 4,
    Buffer.of(isPresent ? 1 : 0, code),
    version === 5 ? propertiesOf(extras) : undefined,
  );
}

/** A PUBACK, PUBREC, PUBREL or PUBCOMP packet (sections 3.4 to 3.7). */
export function acknowledgement(
  type: number,
  id: number,
  { reason = 0, extras }: { reason?: number; extras?: Extras | undefined } = {},
): Buffer {
  const header = (type << 4) | (type === PACKET.PUBREL ? 2 : 0);
  if (reason === 0) return Buffer.of(header, 2, id >> 8, id & 0xff);
  const code = Buffer.of(id >> 8, id & 0xff, reason);
  return packet(header, code, extras && propertiesOf(extras));
}

/** A SUBACK packet (section 3.9), with a code for each filter. */
export function suback(
  version: Version,
  id: number,
  codes: Uint8Array,
  extras?: Extras,
): Buffer {
  return answer(PACKET.SUBACK, version, id, codes, extras);
}

/** An UNSUBACK packet (section 3.11); with MQTT 3.1.1 it has no codes. */
export function unsuback(
  version: Version,
  id: number,
  codes: Uint8Array,
): Buffer {
  const own = version === 5 ? codes : new Uint8Array();
  return answer(PACKET.UNSUBACK, version, id, own);
}

/** A PINGRESP packet (section 3.13). */
export const PINGRESP: Buffer = Buffer.of(PACKET.PINGRESP << 4, 0);

/** A DISCONNECT packet (MQTT 5.0 section 3.14). */
export function disconnect(reason: number, extras?: Extras): Buffer {
  const properties = extras && propertiesOf(extras);
  return packet(PACKET.DISCONNECT << 4, Buffer.of(reason), properties);
}

/** A reason in words (MQTT 5.0 section 3.2.2.3.9). */
export function reasonString(text: string): Extras {
  return (properties) => properties.addText(PROPERTY.REASON_STRING, text);
}

function answer(
  type: number,
  version: Version,
  id: number,
  codes: Uint8Array,
  extras?: Extras,
): Buffer {
  const head = Buffer.of(id >> 8, id & 0xff);
  const properties = version === 5 ? propertiesOf(extras) : undefined;
  return packet(type << 4, head, properties, codes);
}

function propertiesOf(extras?: Extras): PropertyWriter {
  const properties = new PropertyWriter();
  extras?.(properties);
  return properties;
}

function packet(
  header: number,
  head: Buffer,
  properties?: PropertyWriter,
  tail: Uint8Array = new Uint8Array(),
): Buffer {
  const length = head.length + (properties?.size ?? 0) + tail.length;
  const bytes = Buffer.allocUnsafe(1 + variableSize(length) + length);
  bytes[0] = header;
  let offset = writeVariable(bytes, length, 1);
  bytes.set(head, offset);
  offset += head.length;
  offset = properties?.write(bytes, offset) ?? offset;
  bytes.set(tail, offset);
  return bytes;
}

function writeWord(target: Buffer, value: number, offset: number): number {
  target[offset] = value >> 8;
  target[offset + 1] = value & 0xff;
  return offset + 2;
}

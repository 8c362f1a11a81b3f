import { Buffer } from "node:buffer";
import { PacketBody, ProtocolError, protocolError, REASON } from "./packets.ts";

/** How a property's value is written (section 2.2.2.2), and what it is here. */
interface Kinds {
  flag: number;
  word: number;
  doubleWord: number;
  variable: number;
  bytes: Buffer;
  text: string;
}

/** The properties of MQTT 5.0 by identifier (section 2.2.2.2), user ones aside. */
const PROPERTIES = {
  0x01: ["payloadFormat", "flag"],
  0x02: ["messageExpiry", "doubleWord"],
  0x03: ["contentType", "text"],
  0x08: ["responseTopic", "text"],
  0x09: ["correlationData", "bytes"],
  0x0b: ["subscriptionIdentifier", "variable"],
  0x11: ["sessionExpiry", "doubleWord"],
  0x12: ["assignedClientId", "text"],
  0x13: ["serverKeepAlive", "word"],
  0x15: ["authenticationMethod", "text"],
  0x16: ["authenticationData", "bytes"],
  0x17: ["requestProblemInformation", "flag"],
  0x18: ["willDelay", "doubleWord"],
  0x19: ["requestResponseInformation", "flag"],
  0x1f: ["reasonString", "text"],
  0x21: ["receiveMaximum", "word"],
  0x22: ["topicAliasMaximum", "word"],
  0x23: ["topicAlias", "word"],
  0x27: ["maximumPacketSize", "doubleWord"],
} as const satisfies Record<number, [name: string, kind: keyof Kinds]>;
const USER_PROPERTY = 0x26;

type Table = typeof PROPERTIES;

/** Some of them, by name. */
export type PropertyValues = {
  [Id in keyof Table as Table[Id][0]]?: Kinds[Table[Id][1]] | undefined;
};

export interface Properties extends PropertyValues {
  /** Those that belong to its message, encoded, in their order. */
  ofMessage: Buffer;
}

const BY_ID: Readonly<Record<number, readonly [string, keyof Kinds]>> =
  PROPERTIES;
/** How many bytes a number has, unless it has as many as it must. */
const SIZES: { [Kind in keyof Kinds]?: number } = {
  flag: 1,
  word: 2,
  doubleWord: 4,
};
const BY_NAME = new Map(
  Object.entries(BY_ID).map(([id, [name, kind]]) => [
    name,
    { id: Number(id), size: SIZES[kind] },
  ]),
);

/** Those that mean nothing as 0, which is forbidden. */
const NEVER_ZERO: readonly number[] = [0x0b, 0x21, 0x23, 0x27];
/** What belongs to a message, and goes to its receivers as it came. */
const OF_MESSAGES: readonly number[] = [0x01, 0x03, 0x08, 0x09, USER_PROPERTY];

/** Which properties a client may send, and in what. */
export const ALLOWED = {
  CONNECT: [0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x27, USER_PROPERTY],
  WILL: [...OF_MESSAGES, 0x02, 0x18],
  PUBLISH: [...OF_MESSAGES, 0x02, 0x23],
  ACKNOWLEDGEMENT: [0x1f, USER_PROPERTY],
  SUBSCRIBE: [0x0b, USER_PROPERTY],
  UNSUBSCRIBE: [USER_PROPERTY],
  DISCONNECT: [0x11, 0x1f, USER_PROPERTY],
} as const satisfies Record<string, readonly number[]>;

/** How many a packet may have: to read millions would keep all others waiting. */
const MOST = 1_000;

export const NO_BYTES = Buffer.alloc(0);
export const NO_PROPERTIES: Properties = { ofMessage: NO_BYTES };

/**
 * Reads a packet's properties (MQTT 5.0 section 2.2.2).
 *
 * Those of messages stay encoded: `mqtt-packet` would make an object of user
 * properties, and so lose their order, which a server must keep (section
 * 3.3.2.3.7).
 */
export function readProperties(
  body: PacketBody,
  allowed: readonly number[],
): Properties {
  const length = body.variable();
  if (length === 0) return NO_PROPERTIES;
  const bytes = body.part(length);
  const part = new PacketBody(bytes);
  const values: Record<string, number | string | Buffer> = {};
  const ofMessage: Buffer[] = [];
  let count = 0;
  for (let start = 0; !part.isAtEnd; start = part.offset) {
    if (++count > MOST) {
      throw new ProtocolError(
        `Packet has more than ${MOST} properties`,
        REASON.QUOTA_EXCEEDED,
      );
    }
    const id = part.byte();
    const [name, kind] = BY_ID[id] ?? [];
    if (name === undefined && id !== USER_PROPERTY) {
      throw new ProtocolError(`Property ${id} is none of MQTT 5.0`);
    }
    if (!allowed.includes(id)) {
      throw protocolError(`Property ${id} may not be in this packet`);
    }
    if (name === undefined) {
      part.text();
      part.text();
    } else {
      if (name in values) throw protocolError(`Property ${id} is there twice`);
      values[name] = part[kind === "flag" ? "byte" : kind!]();
      if (isWrong(id, values[name])) {
        throw protocolError(`Property ${id} has a value that it may not have`);
      }
    }
    if (OF_MESSAGES.includes(id)) {
      ofMessage.push(bytes.subarray(start, part.offset));
    }
  }
  return { ...values, ofMessage: Buffer.concat(ofMessage) };
}

function isWrong(id: number, value: number | string | Buffer): boolean {
  const [name, kind] = BY_ID[id]!;
  // Whoever answers a message publishes there (section 3.3.2.3.5).
  if (name === "responseTopic") return /^$|[+#]/.test(value as string);
  if (kind === "flag") return (value as number) > 1;
  return value === 0 && NEVER_ZERO.includes(id);
}

/** Encodes properties, without the length before them. */
export function encodeProperties(values: PropertyValues): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const { id, size } = BY_NAME.get(name)!;
    if (typeof value === "number") {
      const part = Buffer.allocUnsafe(1 + (size ?? variableSize(value)));
      part[0] = id;
      if (size === undefined) writeVariable(part, value, 1);
      else part.writeUIntBE(value, 1, size);
      parts.push(part);
    } else {
      const bytes = Buffer.from(value as string);
      parts.push(Buffer.of(id, bytes.length >> 8, bytes.length & 0xff), bytes);
    }
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** How many bytes a number has that is as long as it must be. */
export function variableSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
}

/** Seven bits a byte, the lowest first (MQTT 3.1.1 section 2.2.3). */
export function writeVariable(
  target: Buffer,
  value: number,
  offset: number,
): number {
  let rest = value;
  let end = offset;
  while (rest > 0x7f) {
    target[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[end++] = rest;
  return end;
}

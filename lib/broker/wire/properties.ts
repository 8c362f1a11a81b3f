import { Buffer } from "node:buffer";
import { PacketBody } from "./packet_body.ts";
import { ProtocolError } from "./protocol_error.ts";
import { REASON } from "./reason.ts";

/** The properties of MQTT 5.0, by identifier (section 2.2.2.2). */
export const PROPERTY = {
  PAYLOAD_FORMAT: 0x01,
  MESSAGE_EXPIRY: 0x02,
  CONTENT_TYPE: 0x03,
  RESPONSE_TOPIC: 0x08,
  CORRELATION_DATA: 0x09,
  SUBSCRIPTION_IDENTIFIER: 0x0b,
  SESSION_EXPIRY: 0x11,
  ASSIGNED_CLIENT_ID: 0x12,
  SERVER_KEEP_ALIVE: 0x13,
  AUTHENTICATION_METHOD: 0x15,
  AUTHENTICATION_DATA: 0x16,
  REQUEST_PROBLEM_INFORMATION: 0x17,
  WILL_DELAY: 0x18,
  REQUEST_RESPONSE_INFORMATION: 0x19,
  REASON_STRING: 0x1f,
  RECEIVE_MAXIMUM: 0x21,
  TOPIC_ALIAS_MAXIMUM: 0x22,
  TOPIC_ALIAS: 0x23,
  USER_PROPERTY: 0x26,
  MAXIMUM_PACKET_SIZE: 0x27,
} as const;

type Kind = "flag" | "word" | "doubleWord" | "variable" | "bytes" | "text";

const KINDS: Readonly<Record<number, Kind>> = {
  [PROPERTY.PAYLOAD_FORMAT]: "flag",
  [PROPERTY.MESSAGE_EXPIRY]: "doubleWord",
  [PROPERTY.CONTENT_TYPE]: "text",
  [PROPERTY.RESPONSE_TOPIC]: "text",
  [PROPERTY.CORRELATION_DATA]: "bytes",
  [PROPERTY.SUBSCRIPTION_IDENTIFIER]: "variable",
  [PROPERTY.SESSION_EXPIRY]: "doubleWord",
  [PROPERTY.ASSIGNED_CLIENT_ID]: "text",
  [PROPERTY.SERVER_KEEP_ALIVE]: "word",
  [PROPERTY.AUTHENTICATION_METHOD]: "text",
  [PROPERTY.AUTHENTICATION_DATA]: "bytes",
  [PROPERTY.REQUEST_PROBLEM_INFORMATION]: "flag",
  [PROPERTY.WILL_DELAY]: "doubleWord",
  [PROPERTY.REQUEST_RESPONSE_INFORMATION]: "flag",
  [PROPERTY.REASON_STRING]: "text",
  [PROPERTY.RECEIVE_MAXIMUM]: "word",
  [PROPERTY.TOPIC_ALIAS_MAXIMUM]: "word",
  [PROPERTY.TOPIC_ALIAS]: "word",
  [PROPERTY.MAXIMUM_PACKET_SIZE]: "doubleWord",
};

/** Those that mean nothing as 0, which is forbidden. */
const NEVER_ZERO: readonly number[] = [
  PROPERTY.SUBSCRIPTION_IDENTIFIER,
  PROPERTY.RECEIVE_MAXIMUM,
  PROPERTY.MAXIMUM_PACKET_SIZE,
  PROPERTY.TOPIC_ALIAS,
];

/** What belongs to a message, and goes to its receivers as it came. */
const OF_MESSAGES: readonly number[] = [
  PROPERTY.PAYLOAD_FORMAT,
  PROPERTY.CONTENT_TYPE,
  PROPERTY.RESPONSE_TOPIC,
  PROPERTY.CORRELATION_DATA,
  PROPERTY.USER_PROPERTY,
];

/** Which properties a client may send, and in what. */
export const ALLOWED = {
  CONNECT: [
    PROPERTY.SESSION_EXPIRY,
    PROPERTY.AUTHENTICATION_METHOD,
    PROPERTY.AUTHENTICATION_DATA,
    PROPERTY.REQUEST_PROBLEM_INFORMATION,
    PROPERTY.REQUEST_RESPONSE_INFORMATION,
    PROPERTY.RECEIVE_MAXIMUM,
    PROPERTY.TOPIC_ALIAS_MAXIMUM,
    PROPERTY.MAXIMUM_PACKET_SIZE,
    PROPERTY.USER_PROPERTY,
  ],
  WILL: [...OF_MESSAGES, PROPERTY.MESSAGE_EXPIRY, PROPERTY.WILL_DELAY],
  PUBLISH: [...OF_MESSAGES, PROPERTY.MESSAGE_EXPIRY, PROPERTY.TOPIC_ALIAS],
  ACKNOWLEDGEMENT: [PROPERTY.REASON_STRING, PROPERTY.USER_PROPERTY],
  SUBSCRIBE: [PROPERTY.SUBSCRIPTION_IDENTIFIER, PROPERTY.USER_PROPERTY],
  UNSUBSCRIBE: [PROPERTY.USER_PROPERTY],
  DISCONNECT: [
    PROPERTY.SESSION_EXPIRY,
    PROPERTY.REASON_STRING,
    PROPERTY.USER_PROPERTY,
  ],
} as const satisfies Record<string, readonly number[]>;

/** The properties of a packet. */
export interface Properties {
  /** By identifier; user properties aside. */
  values: ReadonlyMap<number, number | string | Buffer>;
  /** Those of a message, encoded, in their order. */
  ofMessage: Buffer;
}

export const NO_BYTES = Buffer.alloc(0);
export const NO_PROPERTIES: Properties = {
  values: new Map(),
  ofMessage: NO_BYTES,
};

/**
 * Reads a packet's properties (MQTT 5.0 section 2.2.2).
 *
 * Those of messages aren't taken apart any further: `mqtt-packet` would make an
 * object of user properties, and so lose their order, which a server must keep
 * (section 3.3.2.3.7).
 *
 * @throws {ProtocolError} If one is malformed, not allowed here, or there twice.
 */
export function readProperties(
  body: PacketBody,
  allowed: readonly number[],
): Properties {
  const length = body.variable();
  if (length === 0) return NO_PROPERTIES;
  const bytes = body.part(length);
  const part = new PacketBody(bytes);
  const values = new Map<number, number | string | Buffer>();
  const ofMessage: Buffer[] = [];
  for (let start = 0; !part.isAtEnd; start = part.offset) {
    const id = part.byte();
    const isForUsers = id === PROPERTY.USER_PROPERTY;
    const kind = KINDS[id];
    if (kind === undefined && !isForUsers) {
      throw new ProtocolError(`Property ${id} is none of MQTT 5.0`);
    }
    if (!allowed.includes(id)) {
      throw new ProtocolError(
        `Property ${id} may not be in this packet`,
        REASON.PROTOCOL_ERROR,
      );
    }
    if (isForUsers) {
      part.text();
      part.text();
    } else if (values.has(id)) {
      throw new ProtocolError(
        `Property ${id} is there twice`,
        REASON.PROTOCOL_ERROR,
      );
    } else {
      values.set(id, readValue(part, id, kind!));
    }
    if (OF_MESSAGES.includes(id)) {
      ofMessage.push(bytes.subarray(start, part.offset));
    }
  }
  return {
    values,
    ofMessage: ofMessage.length === 1
      ? ofMessage[0]!
      : ofMessage.length === 0
      ? NO_BYTES
      : Buffer.concat(ofMessage),
  };
}

function readValue(
  body: PacketBody,
  id: number,
  kind: Kind,
): number | string | Buffer {
  const value = kind === "flag" ? body.byte() : body[kind]();
  const isWrong = kind === "flag"
    ? (value as number) > 1
    : value === 0 && NEVER_ZERO.includes(id);
  if (!isWrong) return value;
  throw new ProtocolError(
    `Property ${id} is ${value}, which it may not be`,
    REASON.PROTOCOL_ERROR,
  );
}

/** Writes properties one after the other. */
export class PropertyWriter {
  readonly #parts: Buffer[] = [];
  #length = 0;

  /** How many bytes the properties have, with the length before them. */
  get size(): number {
    return variableSize(this.#length) + this.#length;
  }

  /** Adds one with a number; its kind decides how many bytes that has. */
  addNumber(id: number, value: number): this {
    const kind = KINDS[id];
    if (kind === "variable") {
      const part = Buffer.allocUnsafe(1 + variableSize(value));
      part[0] = id;
      writeVariable(part, value, 1);
      return this.addEncoded(part);
    }
    const size = kind === "flag" ? 1 : kind === "word" ? 2 : 4;
    const part = Buffer.allocUnsafe(1 + size);
    part[0] = id;
    part.writeUIntBE(value, 1, size);
    return this.addEncoded(part);
  }

  /** Adds one with a text. */
  addText(id: number, value: string): this {
    const length = Buffer.byteLength(value);
    const part = Buffer.allocUnsafe(3 + length);
    part[0] = id;
    part.writeUInt16BE(length, 1);
    part.write(value, 3);
    return this.addEncoded(part);
  }

  /** Adds what is encoded already. */
  addEncoded(part: Buffer): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }

  /** Writes the length and the properties, and tells where they end. */
  write(target: Buffer, offset: number): number {
    let end = writeVariable(target, this.#length, offset);
    for (const part of this.#parts) {
      target.set(part, end);
      end += part.length;
    }
    return end;
  }
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

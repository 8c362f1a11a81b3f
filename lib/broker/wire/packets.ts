import { type Buffer, isUtf8 } from "node:buffer";

/** Reads a packet field by field (MQTT 3.1.1 and 5.0, both section 1.5). */
export class PacketBody {
  readonly #bytes: Buffer;
  readonly #end: number;
  #offset: number;

  /** What is in `bytes` from `start` up to `end`. */
  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** How far it has been read. */
  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#end;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  word(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  doubleWord(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** A number of one to four bytes, no longer than it must be. */
  variable(): number {
    let value = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 0x80 ** index;
      if (byte >= 0x80) continue;
      if (byte > 0 || index === 0) return value;
      break;
    }
    throw new ProtocolError("Number has more bytes than it must have");
  }

  /** A length of two bytes, and so many bytes. */
  bytes(): Buffer {
    return this.part(this.word());
  }

  /** The next so many bytes. */
  part(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Passes over a length of two bytes, and so many bytes. */
  skip(): void {
    this.#take(this.word());
  }

  /** Text has no NUL and no halves of surrogate pairs. */
  text(): string {
    const bytes = this.bytes();
    if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString();
    throw new ProtocolError("Packet has text that is not UTF-8, or NUL in it");
  }

  #take(count: number): number {
    const start = this.#offset;
    this.#offset += count;
    if (this.#offset <= this.#end) return start;
    throw new ProtocolError("Packet ends in the midst of a field");
  }
}

/**
 * The reason codes of MQTT 5.0 (section 2.4) that the broker gives. Those from
 * 0x80 on are failures.
 */
export const REASON = {
  SUCCESS: 0x00,
  NO_MATCHING_SUBSCRIBERS: 0x10,
  NO_SUBSCRIPTION_EXISTED: 0x11,
  UNSPECIFIED: 0x80,
  MALFORMED_PACKET: 0x81,
  PROTOCOL_ERROR: 0x82,
  UNSUPPORTED_PROTOCOL_VERSION: 0x84,
  CLIENT_ID_NOT_VALID: 0x85,
  BAD_USER_NAME_OR_PASSWORD: 0x86,
  NOT_AUTHORIZED: 0x87,
  SERVER_UNAVAILABLE: 0x88,
  SERVER_SHUTTING_DOWN: 0x8b,
  BAD_AUTHENTICATION_METHOD: 0x8c,
  KEEP_ALIVE_TIMEOUT: 0x8d,
  SESSION_TAKEN_OVER: 0x8e,
  TOPIC_FILTER_INVALID: 0x8f,
  TOPIC_NAME_INVALID: 0x90,
  PACKET_ID_NOT_FOUND: 0x92,
  RECEIVE_MAXIMUM_EXCEEDED: 0x93,
  TOPIC_ALIAS_INVALID: 0x94,
  PACKET_TOO_LARGE: 0x95,
  QUOTA_EXCEEDED: 0x97,
  ADMINISTRATIVE_ACTION: 0x98,
} as const;

/** Whether a reason code is a failure (MQTT 5.0 section 2.4). */
export function isFailure(reason: number): boolean {
  return reason >= 0x80;
}

/**
 * What MQTT forbids, or what is over a limit: the client must be cut (MQTT 3.1.1
 * section 4.8, MQTT 5.0 section 4.13).
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** The reason code of MQTT 5.0 that says so to the client. */
  readonly reason: number;

  constructor(message: string, reason: number = REASON.MALFORMED_PACKET) {
    super(message);
    this.reason = reason;
  }
}

/** The error of who breaks the order of the protocol, in well-formed packets. */
export function protocolError(message: string): ProtocolError {
  return new ProtocolError(message, REASON.PROTOCOL_ERROR);
}

/** The types of packets (MQTT 3.1.1 and 5.0, both section 2). */
export const PACKET = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const;

/** The versions of the protocol, as CONNECT has them. */
export type Version = 3 | 4 | 5;

/** Those that only a broker sends; AUTH is for methods that it hasn't got. */
const NOT_FROM_CLIENTS: readonly number[] = [
  0,
  PACKET.CONNACK,
  PACKET.SUBACK,
  PACKET.UNSUBACK,
  PACKET.PINGRESP,
  PACKET.AUTH,
];
/** Those whose flags are 2; of all others but PUBLISH they are 0. */
const WITH_FLAGS: readonly number[] = [
  PACKET.PUBREL,
  PACKET.SUBSCRIBE,
  PACKET.UNSUBSCRIBE,
];

/** Checks the first byte of a client's packet. */
export function checkHeader(
  header: number,
  version: Version | undefined,
): void {
  const type = header >> 4;
  const flags = header & 0x0f;
  if (version === undefined && type !== PACKET.CONNECT) {
    throw protocolError("Packet comes before CONNECT");
  }
  if (version !== undefined && type === PACKET.CONNECT) {
    throw protocolError("CONNECT comes a second time");
  }
  if (type === PACKET.PUBLISH) {
    if ((flags & 6) === 6) throw new ProtocolError("PUBLISH has QoS 3");
    return;
  }
  if (type === PACKET.AUTH && version === 5) {
    throw protocolError("AUTH comes without a method that was agreed on");
  }
  if (NOT_FROM_CLIENTS.includes(type)) {
    throw protocolError(`Packet of type ${type} is not for a client to send`);
  }
  if (flags !== (WITH_FLAGS.includes(type) ? 2 : 0)) {
    throw new ProtocolError(`Packet of type ${type} has the flags ${flags}`);
  }
}

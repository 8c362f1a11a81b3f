/**
 * An MQTT client that does what it is told and nothing else, for tests of what
 * a well-behaved library never sends.
 *
 * @module
 */

import { packetLength } from "../../workbook/messages/packet_length.ts";
import { within } from "../deadline.ts";

/** A packet as it came over the wire. */
export interface RawPacket {
  /** The first byte: the packet's type and its flags. */
  header: number;
  /** All that follows the remaining length. */
  body: Uint8Array;
}

/** The first bytes of packets, without flags (MQTT 3.1.1 section 2.2.1). */
export const TYPE = {
  CONNECT: 0x10,
  CONNACK: 0x20,
  PUBLISH: 0x30,
  PUBACK: 0x40,
  PUBREC: 0x50,
  PUBREL: 0x62,
  PUBCOMP: 0x70,
  SUBSCRIBE: 0x82,
  SUBACK: 0x90,
  PINGREQ: 0xc0,
  PINGRESP: 0xd0,
  DISCONNECT: 0xe0,
} as const;

/** The protocol level of MQTT 3.1.1. */
const LEVEL = 4;

/** Puts a packet together from its first byte and the rest. */
export function rawPacket(header: number, ...parts: Uint8Array[]): Uint8Array {
  const body = join(parts);
  return join([Uint8Array.of(header), variableByteInteger(body.length), body]);
}

/** What {@linkcode connectPacket} can say. */
interface ConnectFields {
  clientId?: string;
  clean?: boolean;
  /** In seconds; 0, for none, unless given. */
  keepalive?: number;
  user?: string;
  password?: string;
  will?: { topic: string; payload: string };
}

export function connectPacket(fields: ConnectFields = {}): Uint8Array {
  const { clientId = "", clean = true, keepalive = 0 } = fields;
  const { user, password, will } = fields;
  const flags = (clean ? 0x02 : 0) | (will ? 0x04 : 0) |
    (password === undefined ? 0 : 0x40) | (user === undefined ? 0 : 0x80);
  const parts = [text("MQTT"), Uint8Array.of(LEVEL, flags), word(keepalive)];
  parts.push(text(clientId));
  if (will !== undefined) parts.push(text(will.topic), text(will.payload));
  if (user !== undefined) parts.push(text(user));
  if (password !== undefined) parts.push(text(password));
  return rawPacket(TYPE.CONNECT, ...parts);
}

/** What {@linkcode publishPacket} can say. */
interface PublishFields {
  topic: string;
  payload?: string | Uint8Array;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  id?: number;
}

export function publishPacket(fields: PublishFields): Uint8Array {
  const { topic, payload = "", qos = 0, retain = false, id = 1 } = fields;
  const header = TYPE.PUBLISH | (qos << 1) | (retain ? 1 : 0);
  const bytes = typeof payload === "string" ? encode(payload) : payload;
  const parts = qos === 0 ? [bytes] : [word(id), bytes];
  return rawPacket(header, text(topic), ...parts);
}

export function subscribePacket(
  filters: Record<string, 0 | 1 | 2>,
  id = 1,
): Uint8Array {
  const wanted = Object.entries(filters).flatMap(([filter, qos]) => [
    text(filter),
    Uint8Array.of(qos),
  ]);
  return rawPacket(TYPE.SUBSCRIBE, word(id), ...wanted);
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP for a message. */
export function acknowledgement(header: number, id: number): Uint8Array {
  return rawPacket(header, word(id));
}

/** Reads what a PUBLISH packet says. */
export function readPublish({ header, body }: RawPacket): {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  duplicate: boolean;
  id: number | undefined;
} {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const qos = (header >> 1) & 3;
  const topicEnd = 2 + view.getUint16(0);
  const payloadStart = topicEnd + (qos === 0 ? 0 : 2);
  const decoder = new TextDecoder();
  return {
    topic: decoder.decode(body.subarray(2, topicEnd)),
    payload: decoder.decode(body.subarray(payloadStart)),
    qos,
    retain: (header & 1) === 1,
    duplicate: (header & 8) === 8,
    id: qos === 0 ? undefined : view.getUint16(topicEnd),
  };
}

/** A connection of one's own making. */
export interface RawClient extends AsyncDisposable {
  /** Sends bytes, as many packets as they may be. */
  send(...packets: Uint8Array[]): Promise<void>;
  /** The next packet, or `undefined` once the broker has closed. */
  next(): Promise<RawPacket | undefined>;
  /** Sends packets, and takes the answer, whose first byte must be this. */
  ask(header: number, ...packets: Uint8Array[]): Promise<RawPacket>;
  /** Subscribes to filters, and gives the codes of the SUBACK. */
  subscribe(filters: Record<string, 0 | 1 | 2>): Promise<number[]>;
  /** Publishes, and takes the PUBACK, or the PUBREC and then the PUBCOMP. */
  publish(fields: PublishFields): Promise<void>;
  /** The next packet, which must be a PUBLISH; it isn't acknowledged. */
  message(): Promise<ReturnType<typeof readPublish>>;
  /** Asks for a PINGRESP, which must be the next packet. */
  ping(): Promise<void>;
  /** Closes the connection without a DISCONNECT. */
  close(): void;
}

/** Opens a connection, and connects if it is given the fields of a CONNECT. */
export async function openRaw(
  connection: Deno.Conn | { port: number },
  connect?: ConnectFields,
): Promise<RawClient> {
  const conn = "port" in connection
    ? await Deno.connect({ hostname: "127.0.0.1", port: connection.port })
    : connection;
  const packets = read(conn);
  let isOpen = true;
  const client: RawClient = {
    async send(...parts) {
      const bytes = join(parts);
      for (let sent = 0; sent < bytes.length;) {
        const writing = conn.write(bytes.subarray(sent));
        sent += await within("the broker to read", writing);
      }
    },
    async next() {
      return (await within("a packet", packets.next())).value;
    },
    async ask(header, ...parts) {
      await client.send(...parts);
      const packet = await client.next();
      if (packet?.header === header) return packet;
      throw new Error(`Broker sent ${packet?.header}: ${header} was due`);
    },
    async subscribe(filters) {
      const asked = subscribePacket(filters);
      const { body: [high, low, ...codes] } = await client.ask(
        TYPE.SUBACK,
        asked,
      );
      if (high === 0 && low === 1) return codes;
      throw new Error(`SUBACK is for ${high}, ${low}: it was to be for 0, 1`);
    },
    async publish(fields) {
      const { qos = 0, id = 1 } = fields;
      await client.send(publishPacket(fields));
      if (qos === 1) await client.ask(TYPE.PUBACK);
      if (qos !== 2) return;
      await client.ask(TYPE.PUBREC);
      await client.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, id));
    },
    async message() {
      const packet = await client.next();
      const header = packet?.header ?? 0;
      if ((header & 0xf0) === TYPE.PUBLISH) return readPublish(packet!);
      throw new Error(`Broker sent ${header}: a PUBLISH was due`);
    },
    async ping() {
      await client.ask(TYPE.PINGRESP, rawPacket(TYPE.PINGREQ));
    },
    close() {
      if (isOpen) conn.close();
      isOpen = false;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await packets.return?.(undefined);
    },
  };
  if (connect !== undefined) {
    await client.send(connectPacket(connect));
    const connack = await client.next();
    if (connack?.header !== TYPE.CONNACK || connack.body[1] !== 0) {
      throw new Error(`Broker answered CONNECT with ${connack?.body}`);
    }
  }
  return client;
}

/** Opens a connection, connects, and subscribes to filters. */
export async function subscribeRaw(
  broker: { port: number },
  filters: Record<string, 0 | 1 | 2>,
  connect: ConnectFields = {},
): Promise<RawClient> {
  const client = await openRaw(broker, connect);
  await client.subscribe(filters);
  return client;
}

async function* read(
  conn: Deno.Conn,
): AsyncGenerator<RawPacket, undefined, undefined> {
  let buffered = new Uint8Array();
  const chunk = new Uint8Array(65_536);
  while (true) {
    for (let packet = first(buffered); packet; packet = first(buffered)) {
      buffered = buffered.subarray(packet.end);
      yield packet;
    }
    let count: number | null;
    try {
      count = await conn.read(chunk);
    } catch {
      // The broker may reset the connection, or the test close it.
      return undefined;
    }
    if (count === null) return undefined;
    buffered = join([buffered, chunk.subarray(0, count)]);
  }
}

function first(bytes: Uint8Array): RawPacket & { end: number } | undefined {
  const end = packetLength(bytes);
  if (end === undefined || end > bytes.length) return undefined;
  const last = bytes.findIndex((byte, index) => index > 0 && byte < 0x80);
  return { header: bytes[0]!, body: bytes.slice(last + 1, end), end };
}

/** A number in one to four bytes, as few as it needs (MQTT 5.0 section 1.5.5). */
export function variableByteInteger(value: number): Uint8Array {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Uint8Array.from(bytes);
}

/** A string with its length before it. */
export function text(value: string): Uint8Array {
  const bytes = encode(value);
  return join([word(bytes.length), bytes]);
}

/** A number in two bytes. */
export function word(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** The bytes of a text. */
export function encode(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Bytes one after the other. */
export function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * An MQTT 5 client that does what it is told and nothing else.
 *
 * @module
 */

import {
  acknowledge5,
  connect5,
  type Connect5Fields,
  publish5,
  type Publish5Fields,
  subscribe5,
  type Subscribe5Fields,
  TYPE5,
  unsubscribe5,
} from "./packets5.ts";
import { BodyReader, PROPERTY, type Property } from "./properties5.ts";
import {
  openRaw,
  type RawPacket,
  rawPacket,
  variableByteInteger,
} from "./raw_client.ts";

/** What a packet of the broker says; what it hasn't got is empty or 0. */
export interface Packet5 {
  /** Its first byte without the flags: one of {@linkcode TYPE5}. */
  type: number;
  /** The four flags of its first byte. */
  flags: number;
  /** Its bytes in all. */
  size: number;
  /** The packet identifier. */
  id: number;
  /** The reason code; 0 where it may be left out. */
  reason: number;
  /** Those of SUBACK and UNSUBACK. */
  reasons: number[];
  /** CONNACK's first byte, of which only the lowest bit may be set. */
  sessionPresent: number;
  properties: Property[];
  /** PUBLISH's parts. */
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  duplicate: boolean;
}

function readPacket5({ header, body }: RawPacket): Packet5 {
  const reader = new BodyReader(body);
  const type = typeOf(header);
  const lengthBytes = variableByteInteger(body.length).length;
  // The flags of all others are given (section 2.1.3).
  if (type !== TYPE5.PUBLISH && header !== type) {
    throw new Error(`${nameOf(type)} has wrong flags: ${header & 0x0f}`);
  }
  const packet: Packet5 = {
    type,
    flags: header & 0x0f,
    size: 1 + lengthBytes + body.length,
    ...{ id: 0, reason: 0, reasons: [], sessionPresent: 0, properties: [] },
    ...{ topic: "", payload: "", qos: 0, retain: false, duplicate: false },
  };
  if (type === TYPE5.PUBLISH) return readPublish(packet, reader);
  if (type === TYPE5.PINGRESP) return packet;
  if (type === TYPE5.CONNACK) packet.sessionPresent = reader.byte();
  else if (type !== TYPE5.DISCONNECT && type !== TYPE5.AUTH) {
    packet.id = reader.word();
  }
  if (type === TYPE5.SUBACK || type === TYPE5.UNSUBACK) {
    packet.properties = reader.properties();
    packet.reasons = [...reader.bytes()];
    return packet;
  }
  // Both may be left out from the end (sections 3.4.2.1, 3.14.2.1).
  if (reader.left > 0) packet.reason = reader.byte();
  if (reader.left > 0) packet.properties = reader.properties();
  if (reader.left > 0) throw new Error("Packet has more bytes than it may");
  return packet;
}

function typeOf(header: number): number {
  const type = header & 0xf0;
  // PUBREL's flags are part of its name in TYPE5.
  return type === 0x60 ? TYPE5.PUBREL : type;
}

function readPublish(packet: Packet5, reader: BodyReader): Packet5 {
  packet.qos = (packet.flags >> 1) & 3;
  packet.retain = (packet.flags & 1) === 1;
  packet.duplicate = (packet.flags & 8) === 8;
  packet.topic = reader.text();
  if (packet.qos > 0) packet.id = reader.word();
  packet.properties = reader.properties();
  packet.payload = new TextDecoder().decode(reader.bytes());
  return packet;
}

/** The values of a property, in their order. */
export function valuesOf(
  packet: Packet5,
  name: keyof typeof PROPERTY,
): Property[1][] {
  return saidBy(packet)[name] ?? [];
}

/** The values of all properties, in their order, by the names of the properties. */
export function saidBy({ properties }: Packet5): Record<string, Property[1][]> {
  return Object.fromEntries(
    Object.entries(PROPERTY).map(([name, identifier]) =>
      [
        name,
        properties.filter(([each]) => each === identifier)
          .map(([, value]) => value),
      ] as const
    ).filter(([, values]) => values.length > 0),
  );
}

/** A connection of one's own making, in MQTT 5. */
export interface RawClient5 extends AsyncDisposable {
  /** Sends bytes, as many packets as they may be. */
  send(...packets: Uint8Array[]): Promise<void>;
  /** The next packet, or `undefined` once the broker has closed. */
  next(): Promise<Packet5 | undefined>;
  take(type: number): Promise<Packet5>;
  /** Sends packets, and takes the answer, which must be of this type. */
  ask(type: number, ...packets: Uint8Array[]): Promise<Packet5>;
  /** Subscribes to filters with their options, and takes the SUBACK. */
  subscribe(
    filters: Record<string, number>,
    fields?: Subscribe5Fields,
  ): Promise<Packet5>;
  /** Unsubscribes from filters, and takes the UNSUBACK. */
  unsubscribe(filters: string[], fields?: Subscribe5Fields): Promise<Packet5>;
  /**
   * Publishes, and takes the PUBACK, or the PUBREC and then the PUBCOMP; the
   * former is given.
   */
  publish(fields: Publish5Fields & { qos: 1 | 2 }): Promise<Packet5>;
  publish(fields: Publish5Fields): Promise<Packet5 | undefined>;
  /** Asks for a PINGRESP, which must be the next packet. */
  ping(): Promise<void>;
  /** The next PUBLISH, acknowledged, at QoS 2 along with what follows. */
  receive(): Promise<Packet5>;
  /**
   * Waits until the broker has closed, and gives the reason code of the
   * DISCONNECT that came before, or `undefined` if none did.
   */
  end(): Promise<number | undefined>;
  /** Closes the connection without a DISCONNECT. */
  close(): void;
}

/** Opens a connection that hasn't said CONNECT yet. */
export async function openRaw5(
  broker: { port: number },
): Promise<RawClient5> {
  const raw = await openRaw(broker);
  /** Messages of QoS 2 that were received, and whose PUBREL is to come. */
  const unreleased = new Set<number>();
  const client: RawClient5 = {
    send: (...packets) => raw.send(...packets),
    async next() {
      while (true) {
        const bytes = await raw.next();
        const packet = bytes && readPacket5(bytes);
        if (packet?.type !== TYPE5.PUBREL) return packet;
        if (!unreleased.delete(packet.id)) return packet;
        await raw.send(acknowledge5(TYPE5.PUBCOMP, packet.id));
      }
    },
    async take(type) {
      const packet = await client.next();
      if (packet?.type === type) return packet;
      throw new Error(`Broker sent ${say(packet)}: ${nameOf(type)} was due`);
    },
    async ask(type, ...packets) {
      await raw.send(...packets);
      return await client.take(type);
    },
    subscribe: (filters, fields) =>
      client.ask(TYPE5.SUBACK, subscribe5(filters, fields)),
    unsubscribe: (filters, fields) =>
      client.ask(TYPE5.UNSUBACK, unsubscribe5(filters, fields)),
    async publish(fields: Publish5Fields) {
      const { qos = 0, id = 1 } = fields;
      await raw.send(publish5(fields));
      if (qos === 0) return undefined as never;
      if (qos === 1) return await client.take(TYPE5.PUBACK);
      const pubrec = await client.take(TYPE5.PUBREC);
      if (pubrec.reason < 128) {
        await client.ask(TYPE5.PUBCOMP, acknowledge5(TYPE5.PUBREL, id));
      }
      return pubrec;
    },
    async ping() {
      await client.ask(TYPE5.PINGRESP, rawPacket(TYPE5.PINGREQ));
    },
    async receive() {
      const packet = await client.take(TYPE5.PUBLISH);
      const { qos, id } = packet;
      if (qos === 1) await raw.send(acknowledge5(TYPE5.PUBACK, id));
      if (qos === 2) {
        unreleased.add(id);
        await raw.send(acknowledge5(TYPE5.PUBREC, id));
      }
      return packet;
    },
    async end() {
      const packet = await client.next();
      if (packet === undefined) return undefined;
      if (packet.type !== TYPE5.DISCONNECT) {
        throw new Error(`Broker sent ${say(packet)}: it had to close`);
      }
      const more = await client.next();
      if (more === undefined) return packet.reason;
      throw new Error(`Broker sent ${say(more)} after DISCONNECT`);
    },
    close: () => raw.close(),
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
  return client;
}

/** A client that the broker has let in, with its CONNACK. */
export interface Connected5 extends RawClient5 {
  connack: Packet5;
}

/** Opens a connection and connects; the broker must let it in. */
export async function connectRaw5(
  broker: { port: number },
  fields: Connect5Fields = {},
): Promise<Connected5> {
  const client = await openRaw5(broker);
  const connack = await client.ask(TYPE5.CONNACK, connect5(fields));
  if (connack.reason === 0) return { ...client, connack };
  throw new Error(`Broker refused with ${connack.reason}`);
}

/** Connects, and subscribes to filters with their options. */
export async function subscribeRaw5(
  broker: { port: number },
  filters: Record<string, number>,
  fields?: Connect5Fields,
): Promise<Connected5> {
  const client = await connectRaw5(broker, fields);
  await client.subscribe(filters);
  return client;
}

function say(packet: Packet5 | undefined): string {
  if (packet === undefined) return "the end";
  const { type, reason, topic, payload } = packet;
  return `${nameOf(type)} ${JSON.stringify({ reason, topic, payload })}`;
}

function nameOf(type: number): string {
  const names = Object.entries(TYPE5);
  return names.find(([, value]) => value === type)?.[0] ?? `type ${type}`;
}

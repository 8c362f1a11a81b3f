/**
 * Packets of MQTT 5, right or wrong, for tests.
 *
 * @module
 */

import { type Properties, PROPERTY, propertyBytes } from "./properties5.ts";
import { join, rawPacket, text, TYPE, word } from "./raw_client.ts";

/** The first bytes of packets, without flags (section 2.1.2). */
export const TYPE5 = {
  ...TYPE,
  UNSUBSCRIBE: 0xa2,
  UNSUBACK: 0xb0,
  AUTH: 0xf0,
} as const;

/** What {@linkcode connect5} can say. */
export interface Connect5Fields {
  clientId?: string;
  /** Whether the broker shall forget what it knows; `true` unless given. */
  cleanStart?: boolean;
  /** In seconds; 0, for none, unless given. */
  keepalive?: number;
  properties?: Properties;
  user?: string;
  password?: string;
  will?: Will5;
  /** The flags, if they shall not be those that fit the rest. */
  flags?: number;
}

/** A session that outlives its connection, for {@linkcode connect5}. */
export function session5(clientId: string, seconds = 3_600): Connect5Fields {
  const properties: Properties = [[PROPERTY.sessionExpiryInterval, seconds]];
  return { clientId, cleanStart: false, properties };
}

/** A will for {@linkcode connect5}. */
export interface Will5 {
  topic: string;
  payload?: string | Uint8Array;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  properties?: Properties;
}

/** A CONNECT packet. */
export function connect5(fields: Connect5Fields = {}): Uint8Array {
  const { clientId = "", cleanStart = true, keepalive = 0 } = fields;
  const { properties = [], user, password, will } = fields;
  const { flags = flagsOf(fields, cleanStart) } = fields;
  const parts = [text("MQTT"), Uint8Array.of(5, flags), word(keepalive)];
  parts.push(propertyBytes(properties), text(clientId));
  if (will !== undefined) {
    const { topic, payload = "" } = will;
    parts.push(propertyBytes(will.properties ?? []), text(topic));
    const bytes = bytesOf(payload);
    parts.push(word(bytes.length), bytes);
  }
  if (user !== undefined) parts.push(text(user));
  if (password !== undefined) parts.push(text(password));
  return rawPacket(TYPE.CONNECT, ...parts);
}

function flagsOf(fields: Connect5Fields, cleanStart: boolean): number {
  const { will, user, password } = fields;
  const willFlags = will === undefined
    ? 0
    : 0x04 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0);
  return (cleanStart ? 0x02 : 0) | willFlags |
    (password === undefined ? 0 : 0x40) | (user === undefined ? 0 : 0x80);
}

/** What {@linkcode publish5} can say. */
export interface Publish5Fields {
  topic: string;
  payload?: string | Uint8Array;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  duplicate?: boolean;
  /** The packet identifier at QoS 1 and 2: 1 unless given. */
  id?: number;
  properties?: Properties;
}

/** A PUBLISH packet. */
export function publish5(fields: Publish5Fields): Uint8Array {
  const { topic, payload = "", qos = 0, id = 1, properties = [] } = fields;
  const header = TYPE.PUBLISH | (fields.duplicate ? 8 : 0) | (qos << 1) |
    (fields.retain ? 1 : 0);
  return rawPacket(
    header,
    text(topic),
    ...(qos === 0 ? [] : [word(id)]),
    propertyBytes(properties),
    bytesOf(payload),
  );
}

/** The bits of a subscription's options besides its QoS (section 3.8.3.1). */
export const OPTION = {
  NO_LOCAL: 0x04,
  RETAIN_AS_PUBLISHED: 0x08,
  /** Retained messages only to a subscription that is new. */
  RETAINED_IF_NEW: 0x10,
  NO_RETAINED: 0x20,
} as const;

/** What {@linkcode subscribe5} and {@linkcode unsubscribe5} can say. */
export interface Subscribe5Fields {
  /** 1 unless given. */
  id?: number;
  properties?: Properties;
}

/** A SUBSCRIBE packet for filters with their options, of which QoS is a part. */
export function subscribe5(
  filters: Record<string, number>,
  { id = 1, properties = [] }: Subscribe5Fields = {},
): Uint8Array {
  const wanted = Object.entries(filters).flatMap(([filter, options]) => [
    text(filter),
    Uint8Array.of(options),
  ]);
  return rawPacket(
    TYPE.SUBSCRIBE,
    word(id),
    propertyBytes(properties),
    ...wanted,
  );
}

/** An UNSUBSCRIBE packet. */
export function unsubscribe5(
  filters: string[],
  { id = 1, properties = [] }: Subscribe5Fields = {},
): Uint8Array {
  return rawPacket(
    TYPE5.UNSUBSCRIBE,
    word(id),
    propertyBytes(properties),
    ...filters.map(text),
  );
}

/** What {@linkcode acknowledge5} can say besides the identifier. */
interface Acknowledge5Fields {
  reason?: number;
  properties?: Properties;
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP, in the shortest form unless told more. */
export function acknowledge5(
  header: number,
  id: number,
  { reason, properties }: Acknowledge5Fields = {},
): Uint8Array {
  return rawPacket(header, word(id), reasonBytes(reason, properties));
}

/** A DISCONNECT packet, in the shortest form unless told more. */
export function disconnect5(
  reason?: number,
  properties?: Properties,
): Uint8Array {
  return rawPacket(TYPE.DISCONNECT, reasonBytes(reason, properties));
}

export function auth5(reason?: number, properties?: Properties): Uint8Array {
  return rawPacket(TYPE5.AUTH, reasonBytes(reason, properties));
}

function reasonBytes(
  reason: number | undefined,
  properties: Properties | undefined,
): Uint8Array {
  if (properties !== undefined) {
    return join([Uint8Array.of(reason ?? 0), propertyBytes(properties)]);
  }
  return reason === undefined ? new Uint8Array() : Uint8Array.of(reason);
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string"
    ? new TextEncoder().encode(payload)
    : payload;
}

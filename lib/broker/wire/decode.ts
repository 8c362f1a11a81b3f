// mqtt-packet, which the clients of this workbook use, lets much through that
// MQTT forbids: ids of 0, text that isn't UTF-8, misplaced wildcards, properties
// that are in the wrong packet or there twice, and whatever follows the last
// field. Whoever checks all fields has read them, so the broker reads them here.

import type { Buffer } from "node:buffer";
import { PacketBody } from "./packet_body.ts";
import { PACKET, type Version } from "./packet_types.ts";
import {
  ALLOWED,
  NO_PROPERTIES,
  type Properties,
  PROPERTY,
  readProperties,
} from "./properties.ts";
import { ProtocolError } from "./protocol_error.ts";
import { REASON } from "./reason.ts";
import { checkTopicFilter, type Topic, type TopicReader } from "./topics.ts";

/** Bridges, such as mosquitto's, add this to the level. */
const BRIDGE = 0x80;
const LEVELS: Readonly<Record<string, readonly number[]>> = {
  MQIsdp: [3],
  MQTT: [4, 5],
};
/** `$share/GROUP/FILTER` (MQTT 5.0 section 4.8.2). */
const SHARE = "$share/";

/** What a client wants to be published when it is gone. */
export interface WillFields {
  /** The topic's name, not checked. */
  topic: Buffer;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties: Properties;
}

/** A CONNECT packet. */
export interface ConnectFields {
  version: Version;
  clientId: string;
  isClean: boolean;
  /** In seconds; 0 for none. */
  keepAlive: number;
  will: WillFields | undefined;
  user: string | undefined;
  password: Buffer | undefined;
  properties: Properties;
}

/** A PUBLISH packet. */
export interface PublishFields {
  /** `undefined` if the topic alias alone tells it. */
  topic: Topic | undefined;
  /** The topic alias, with or without a topic. */
  alias: number | undefined;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  isDuplicate: boolean;
  /** 0 at QoS 0. */
  id: number;
  properties: Properties;
}

/** Where a packet is among a client's bytes. */
export interface Frame {
  readonly header: number;
  readonly bytes: Buffer;
  /** Where what follows its length begins. */
  readonly start: number;
  readonly end: number;
}

/** A PUBACK, PUBREC, PUBREL or PUBCOMP packet. */
export interface AcknowledgementFields {
  id: number;
  reason: number;
}

/** A filter of a SUBSCRIBE packet, with what goes with it. */
export interface RequestedSubscription {
  /** As it came, with what names a group. */
  filter: string;
  /** The group that shares the messages, if there is one. */
  group: string | undefined;
  /** The filter, cut at its slashes, without what names the group. */
  levels: readonly string[];
  qos: 0 | 1 | 2;
  noLocal: boolean;
  retainAsPublished: boolean;
  /** 0 for retained messages, 1 for those of new subscriptions, 2 for none. */
  retainHandling: number;
}

/** A SUBSCRIBE packet. */
export interface SubscribeFields {
  id: number;
  subscriptions: RequestedSubscription[];
  /** How many more there are; nothing is known of them. */
  surplus: number;
  identifier: number | undefined;
}

/** An UNSUBSCRIBE packet. */
export interface UnsubscribeFields {
  id: number;
  filters: string[];
}

/** A DISCONNECT packet. */
export interface DisconnectFields {
  reason: number;
  sessionExpiry: number | undefined;
}

/** Which protocol a CONNECT packet speaks: a version, or one not spoken here. */
export function readVersion(
  body: PacketBody,
): Version | { name: string; level: number } {
  const name = body.bytes().toString("latin1");
  const level = body.byte() & ~BRIDGE;
  const isKnown = Object.hasOwn(LEVELS, name) && LEVELS[name]!.includes(level);
  return isKnown ? level as Version : { name, level };
}

/** Reads what follows the version. */
export function readConnect(body: PacketBody, version: Version): ConnectFields {
  const flags = body.byte();
  const [hasUser, hasPassword] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0];
  const [willQos, hasWill] = [(flags >> 3) & 3, (flags & 0x04) !== 0];
  const isLegal = (flags & 0x01) === 0 && willQos < 3 &&
    (hasWill || (flags & 0x38) === 0) &&
    (version === 5 || hasUser || !hasPassword);
  if (!isLegal) {
    throw new ProtocolError(`CONNECT has the flags 0x${flags.toString(16)}`);
  }
  const keepAlive = body.word();
  const properties = propertiesOf(body, version, ALLOWED.CONNECT);
  const { values } = properties;
  if (
    values.has(PROPERTY.AUTHENTICATION_DATA) &&
    !values.has(PROPERTY.AUTHENTICATION_METHOD)
  ) {
    throw new ProtocolError(
      "CONNECT has authentication data without a method",
      REASON.PROTOCOL_ERROR,
    );
  }
  const clientId = body.text();
  let will: WillFields | undefined;
  if (hasWill) {
    const willProperties = propertiesOf(body, version, ALLOWED.WILL);
    checkResponseTopic(willProperties);
    will = {
      properties: willProperties,
      topic: body.bytes(),
      payload: body.bytes(),
      qos: willQos as 0 | 1 | 2,
      retain: (flags & 0x20) !== 0,
    };
  }
  const user = hasUser ? body.text() : undefined;
  const password = hasPassword ? body.bytes() : undefined;
  expectEnd(body, PACKET.CONNECT);
  return {
    version,
    clientId,
    isClean: (flags & 0x02) !== 0,
    keepAlive,
    will,
    user,
    password,
    properties,
  };
}

/** Reads a PUBLISH packet: without detours, since most packets are such. */
export function readPublish(
  { header, bytes, start, end }: Frame,
  version: Version,
  topics: TopicReader,
): PublishFields {
  const qos = ((header >> 1) & 3) as 0 | 1 | 2;
  const topicStart = start + 2;
  const topicEnd = topicStart + ((bytes[start]! << 8) | bytes[start + 1]!);
  const idEnd = topicEnd + (qos === 0 ? 0 : 2);
  if (topicStart > end || idEnd > end) {
    throw new ProtocolError("Packet ends in the midst of a field");
  }
  const id = qos === 0 ? 0 : (bytes[topicEnd]! << 8) | bytes[topicEnd + 1]!;
  if (qos > 0 && id === 0) throw new ProtocolError("Packet has the id 0");
  const isDuplicate = (header & 8) !== 0;
  if (qos === 0 && isDuplicate) {
    throw new ProtocolError("PUBLISH at QoS 0 is marked as a duplicate");
  }
  let properties = NO_PROPERTIES;
  let payloadStart = idEnd;
  if (version === 5) {
    const body = new PacketBody(bytes, idEnd, end);
    properties = readProperties(body, ALLOWED.PUBLISH);
    payloadStart = body.offset;
    checkResponseTopic(properties);
  }
  const alias = properties.values.get(PROPERTY.TOPIC_ALIAS) as
    | number
    | undefined;
  if (topicStart === topicEnd && alias === undefined) {
    throw new ProtocolError("Topic name is empty", REASON.PROTOCOL_ERROR);
  }
  return {
    topic: topicStart === topicEnd
      ? undefined
      : topics.read(bytes, topicStart, topicEnd),
    alias,
    payload: bytes.subarray(payloadStart, end),
    qos,
    retain: (header & 1) !== 0,
    isDuplicate,
    id,
    properties,
  };
}

/** Whoever answers publishes there (MQTT 5.0 section 3.3.2.3.5). */
function checkResponseTopic({ values }: Properties): void {
  const topic = values.get(PROPERTY.RESPONSE_TOPIC) as string | undefined;
  if (topic === undefined) return;
  if (topic !== "" && !/[+#]/.test(topic)) return;
  throw new ProtocolError(
    "Response topic is empty or has a wildcard in it",
    REASON.PROTOCOL_ERROR,
  );
}

/** Reads an acknowledgement of a message. */
export function readAcknowledgement(
  body: PacketBody,
  type: number,
  version: Version,
): AcknowledgementFields {
  const id = readId(body);
  let reason: number = REASON.SUCCESS;
  if (version === 5 && !body.isAtEnd) {
    reason = body.byte();
    if (!body.isAtEnd) readProperties(body, ALLOWED.ACKNOWLEDGEMENT);
  }
  expectEnd(body, type);
  return { id, reason };
}

/**
 * Reads a SUBSCRIBE packet.
 *
 * @param most So many filters are looked at; the others are only counted.
 */
export function readSubscribe(
  body: PacketBody,
  version: Version,
  { most, maxTopicLevels }: { most: number; maxTopicLevels: number },
): SubscribeFields {
  const id = readId(body);
  const { values } = propertiesOf(body, version, ALLOWED.SUBSCRIBE);
  const identifier = values.get(PROPERTY.SUBSCRIPTION_IDENTIFIER);
  const subscriptions: RequestedSubscription[] = [];
  let surplus = 0;
  expectFilters(body);
  do {
    if (subscriptions.length < most) {
      subscriptions.push(readSubscription(body, version, maxTopicLevels));
    } else {
      surplus++;
      body.skip();
      body.byte();
    }
  } while (!body.isAtEnd);
  return {
    id,
    subscriptions,
    surplus,
    identifier: identifier as number | undefined,
  };
}

function readSubscription(
  body: PacketBody,
  version: Version,
  maxTopicLevels: number,
): RequestedSubscription {
  const filter = body.text();
  checkTopicFilter(filter, maxTopicLevels);
  const options = body.byte();
  const [qos, retainHandling] = [options & 3, (options >> 4) & 3];
  const isReserved = version === 5 ? options > 0x3f : options > 3;
  if (isReserved || qos === 3 || retainHandling === 3) {
    throw new ProtocolError(
      `SUBSCRIBE has the options 0x${options.toString(16)}`,
      isReserved ? REASON.MALFORMED_PACKET : REASON.PROTOCOL_ERROR,
    );
  }
  const noLocal = (options & 0x04) !== 0;
  const { group, levels } = readShare(filter);
  if (noLocal && group !== undefined) {
    throw new ProtocolError(
      "SUBSCRIBE has no local for a shared subscription",
      REASON.PROTOCOL_ERROR,
    );
  }
  return {
    filter,
    group,
    levels,
    qos: qos as 0 | 1 | 2,
    noLocal,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling,
  };
}

/**
 * Takes `$share/GROUP/FILTER` apart.
 *
 * @throws {ProtocolError} If the group has no name or a wildcard in it, or the
 * filter is missing.
 */
export function readShare(
  filter: string,
): { group: string | undefined; levels: readonly string[] } {
  const levels = filter.split("/");
  if (!filter.startsWith(SHARE)) return { group: undefined, levels };
  const [, group = "", ...rest] = levels;
  if (group === "" || /[+#]/.test(group) || rest.join("/") === "") {
    throw new ProtocolError(
      "Topic filter is of a shared subscription: it must be $share/GROUP/FILTER",
      REASON.TOPIC_FILTER_INVALID,
    );
  }
  return { group, levels: rest };
}

/**
 * Reads an UNSUBSCRIBE packet.
 *
 * @throws {ProtocolError} If it has more filters than anybody may have.
 */
export function readUnsubscribe(
  body: PacketBody,
  version: Version,
  { most, maxTopicLevels }: { most: number; maxTopicLevels: number },
): UnsubscribeFields {
  const id = readId(body);
  propertiesOf(body, version, ALLOWED.UNSUBSCRIBE);
  const filters: string[] = [];
  expectFilters(body);
  do {
    if (filters.length > most) {
      throw new ProtocolError(
        `UNSUBSCRIBE has more than ${most} filters: nobody has so many (maxSubscriptions)`,
        REASON.QUOTA_EXCEEDED,
      );
    }
    const filter = body.text();
    checkTopicFilter(filter, maxTopicLevels);
    filters.push(filter);
  } while (!body.isAtEnd);
  return { id, filters };
}

/** Reads a DISCONNECT packet. */
export function readDisconnect(
  body: PacketBody,
  version: Version,
): DisconnectFields {
  let reason: number = REASON.SUCCESS;
  let { values } = NO_PROPERTIES;
  if (version === 5 && !body.isAtEnd) {
    reason = body.byte();
    if (!body.isAtEnd) ({ values } = readProperties(body, ALLOWED.DISCONNECT));
  }
  expectEnd(body, PACKET.DISCONNECT);
  const sessionExpiry = values.get(PROPERTY.SESSION_EXPIRY);
  return { reason, sessionExpiry: sessionExpiry as number | undefined };
}

function expectFilters(body: PacketBody): void {
  if (!body.isAtEnd) return;
  throw new ProtocolError("Packet has no filters", REASON.PROTOCOL_ERROR);
}

/** Reads a message id, which is never 0 (section 2.3.1). */
export function readId(body: PacketBody): number {
  const id = body.word();
  if (id !== 0) return id;
  throw new ProtocolError("Packet has the id 0");
}

/** @throws {ProtocolError} If anything follows. */
export function expectEnd(body: PacketBody, type: number): void {
  if (body.isAtEnd) return;
  throw new ProtocolError(`Packet of type ${type} goes on after its end`);
}

function propertiesOf(
  body: PacketBody,
  version: Version,
  allowed: readonly number[],
): Properties {
  return version === 5 ? readProperties(body, allowed) : NO_PROPERTIES;
}

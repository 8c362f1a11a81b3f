// mqtt-packet, which the clients of this workbook use, lets much through that
// MQTT forbids: ids of 0, text that isn't UTF-8, misplaced wildcards, properties
// that are in the wrong packet or there twice, and whatever follows the last
// field. Whoever checks all fields has read them, so the broker reads them here.

import type { Limits } from "../limits.ts";
import type { Framing } from "./framing.ts";
import { PacketBody } from "./packets.ts";
import type { Version } from "./packets.ts";
import {
  ALLOWED,
  NO_PROPERTIES,
  type Properties,
  readProperties,
} from "./properties.ts";
import { ProtocolError, protocolError, REASON } from "./packets.ts";
import { checkTopicFilter, type TopicReader } from "./topics.ts";

/** Bridges, such as mosquitto's, add this to the level. */
const BRIDGE = 0x80;

export type ConnectFields = ReturnType<typeof readConnect>;

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

/** What limits the filters of a packet. */
type FilterLimits = Pick<Limits, "maxSubscriptions" | "maxTopicLevels">;

/** Which protocol a CONNECT packet speaks: a version, or one not spoken here. */
export function readVersion(
  body: PacketBody,
): Version | { name: string; level: number } {
  const name = body.bytes().toString("latin1");
  const level = body.byte() & ~BRIDGE;
  const isKnown = name === "MQTT"
    ? level === 4 || level === 5
    : name === "MQIsdp" && level === 3;
  return isKnown ? level as Version : { name, level };
}

/** Reads what follows the version in CONNECT. */
export function readConnect(body: PacketBody, version: Version) {
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
  const { authenticationMethod, authenticationData } = properties;
  if (authenticationData && authenticationMethod === undefined) {
    throw protocolError("CONNECT has authentication data without a method");
  }
  const clientId = body.text();
  const will = hasWill
    ? {
      properties: propertiesOf(body, version, ALLOWED.WILL),
      topic: body.bytes(),
      payload: body.bytes(),
      qos: willQos as 0 | 1 | 2,
      retain: (flags & 0x20) !== 0,
    }
    : undefined;
  const user = hasUser ? body.text() : undefined;
  const password = hasPassword ? body.bytes() : undefined;
  expectEnd(body);
  const isClean = (flags & 0x02) !== 0;
  const login = { clientId, user, password, will };
  return { version, isClean, keepAlive, properties, ...login };
}

/**
 * Reads a PUBLISH packet, without detours, since most packets are such. Without a
 * topic, its topic alias alone tells it; without an id it is of QoS 0.
 */
export function readPublish(
  { header, bytes, start, end }: Framing,
  version: Version,
  topics: TopicReader,
) {
  const qos = ((header >> 1) & 3) as 0 | 1 | 2;
  const topicStart = start + 2;
  const topicEnd = topicStart + ((bytes[start]! << 8) | bytes[start + 1]!);
  const idEnd = topicEnd + (qos === 0 ? 0 : 2);
  if (topicStart > end || idEnd > end) {
    throw new ProtocolError("Packet ends in the midst of a field");
  }
  const id = qos === 0 ? 0 : (bytes[topicEnd]! << 8) | bytes[topicEnd + 1]!;
  if (qos > 0) checkId(id);
  else if ((header & 8) !== 0) {
    throw new ProtocolError("PUBLISH at QoS 0 is marked as a duplicate");
  }
  let properties = NO_PROPERTIES;
  let payloadStart = idEnd;
  if (version === 5) {
    const body = new PacketBody(bytes, idEnd, end);
    properties = readProperties(body, ALLOWED.PUBLISH);
    payloadStart = body.offset;
  }
  const hasTopic = topicStart < topicEnd;
  if (!hasTopic && properties.topicAlias === undefined) {
    throw protocolError("Topic name is empty");
  }
  return {
    topic: hasTopic ? topics.read(bytes, topicStart, topicEnd) : undefined,
    payload: bytes.subarray(payloadStart, end),
    qos,
    retain: (header & 1) !== 0,
    id,
    properties,
  };
}

export function readAcknowledgement(body: PacketBody, version: Version) {
  const id = checkId(body.word());
  return { id, ...readReason(body, version, ALLOWED.ACKNOWLEDGEMENT) };
}

/**
 * Reads a SUBSCRIBE packet. Filters beyond the limit are only counted, as
 * `surplus`.
 */
export function readSubscribe(
  body: PacketBody,
  version: Version,
  { maxSubscriptions, maxTopicLevels }: FilterLimits,
) {
  const id = checkId(body.word());
  const properties = propertiesOf(body, version, ALLOWED.SUBSCRIBE);
  const subscriptions: RequestedSubscription[] = [];
  let surplus = 0;
  expectFilters(body);
  while (!body.isAtEnd) {
    if (subscriptions.length < maxSubscriptions) {
      subscriptions.push(readSubscription(body, version, maxTopicLevels));
    } else {
      surplus++;
      body.skip();
      body.byte();
    }
  }
  const identifier = properties.subscriptionIdentifier;
  return { id, subscriptions, surplus, identifier };
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
  const share = readShare(filter);
  if (noLocal && share.group !== undefined) {
    throw protocolError("SUBSCRIBE has no local for a shared subscription");
  }
  return {
    filter,
    ...share,
    qos: qos as 0 | 1 | 2,
    noLocal,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling,
  };
}

/**
 * Takes `$share/GROUP/FILTER` apart (MQTT 5.0 section 4.8.2).
 *
 * @throws {ProtocolError} If the group has no name or a wildcard in it, or the
 * filter is missing.
 */
export function readShare(
  filter: string,
): { group: string | undefined; levels: readonly string[] } {
  const levels = filter.split("/");
  if (levels[0] !== "$share") return { group: undefined, levels };
  const [, group = "", ...rest] = levels;
  if (group === "" || /[+#]/.test(group) || rest.join("/") === "") {
    throw new ProtocolError(
      "Topic filter is of a shared subscription: it must be $share/GROUP/FILTER",
      REASON.TOPIC_FILTER_INVALID,
    );
  }
  return { group, levels: rest };
}

export function readUnsubscribe(
  body: PacketBody,
  version: Version,
  { maxSubscriptions, maxTopicLevels }: FilterLimits,
) {
  const id = checkId(body.word());
  propertiesOf(body, version, ALLOWED.UNSUBSCRIBE);
  const filters: string[] = [];
  expectFilters(body);
  while (!body.isAtEnd) {
    if (filters.length > maxSubscriptions) {
      throw new ProtocolError(
        `UNSUBSCRIBE has more filters than anybody may have: maxSubscriptions is ${maxSubscriptions}`,
        REASON.QUOTA_EXCEEDED,
      );
    }
    const filter = body.text();
    checkTopicFilter(filter, maxTopicLevels);
    filters.push(filter);
  }
  return { id, filters };
}

/**
 * Reads the reason of a DISCONNECT packet, and its properties, which MQTT 5.0
 * lets packets leave out.
 */
export function readReason(
  body: PacketBody,
  version: Version,
  allowed: readonly number[] = ALLOWED.DISCONNECT,
) {
  const hasReason = version === 5 && !body.isAtEnd;
  const reason = hasReason ? body.byte() : REASON.SUCCESS;
  const properties = hasReason && !body.isAtEnd
    ? readProperties(body, allowed)
    : NO_PROPERTIES;
  expectEnd(body);
  return { reason, properties };
}

/** @throws {ProtocolError} If anything follows. */
export function expectEnd(body: PacketBody): void {
  if (!body.isAtEnd) throw new ProtocolError("Packet goes on after its end");
}

function expectFilters(body: PacketBody): void {
  if (body.isAtEnd) throw protocolError("Packet has no filters");
}

/** A message id is never 0 (section 2.3.1). */
function checkId(id: number): number {
  if (id === 0) throw new ProtocolError("Packet has the id 0");
  return id;
}

function propertiesOf(
  body: PacketBody,
  version: Version,
  allowed: readonly number[],
): Properties {
  return version === 5 ? readProperties(body, allowed) : NO_PROPERTIES;
}

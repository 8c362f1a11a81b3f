import { type Buffer, isUtf8 } from "node:buffer";
import { assertTopicFilter } from "../../topics.ts";
import { PacketBody } from "./packet_body.ts";
import { ProtocolError } from "./protocol_error.ts";

/** The types of packets that a client may send (section 2.2.1). */
export const PACKET = {
  CONNECT: 1,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  UNSUBSCRIBE: 10,
  PINGREQ: 12,
  DISCONNECT: 14,
} as const;

/** The flags that a type must have; those of PUBLISH say something. */
const FLAGS: Record<number, number> = {
  [PACKET.CONNECT]: 0,
  [PACKET.PUBACK]: 0,
  [PACKET.PUBREC]: 0,
  [PACKET.PUBREL]: 2,
  [PACKET.PUBCOMP]: 0,
  [PACKET.SUBSCRIBE]: 2,
  [PACKET.UNSUBSCRIBE]: 2,
  [PACKET.PINGREQ]: 0,
  [PACKET.DISCONNECT]: 0,
};
const LEVELS: Record<string, number> = { MQTT: 4, MQIsdp: 3 };
/** Bridges, such as mosquitto's, add this to the level. */
const BRIDGE = 0x80;
const [SLASH, PLUS, HASH] = [0x2f, 0x2b, 0x23];

/** Checks a packet's first byte. */
export function checkHeader(header: number): void {
  const type = header >> 4;
  const flags = header & 0x0f;
  if (type === PACKET.PUBLISH) {
    if ((flags & 6) === 6) throw new ProtocolError("PUBLISH has QoS 3");
    return;
  }
  const expected = FLAGS[type];
  if (expected === undefined) {
    throw new ProtocolError(
      `Packet of type ${type} is not for a client to send`,
    );
  }
  if (flags !== expected) {
    throw new ProtocolError(`Packet of type ${type} has the flags ${flags}`);
  }
}

/**
 * Checks what follows a packet's fixed header.
 *
 * aedes's own parser lets much through: ids of 0, text that isn't UTF-8, wildcards
 * in the midst of a level, and whatever follows the last field.
 */
export function checkBody(
  header: number,
  bytes: Buffer,
  maxTopicLevels: number,
): void {
  const body = new PacketBody(bytes);
  const type = header >> 4;
  if (type === PACKET.PUBLISH) {
    checkTopicName(body.bytes(), maxTopicLevels);
    if ((header & 6) !== 0) checkId(body);
    return;
  }
  if (type === PACKET.CONNECT) {
    checkConnect(body, maxTopicLevels);
  } else if (type === PACKET.SUBSCRIBE || type === PACKET.UNSUBSCRIBE) {
    checkId(body);
    do {
      checkTopicFilter(text(body), maxTopicLevels);
      if (type === PACKET.SUBSCRIBE && body.byte() > 2) {
        throw new ProtocolError("SUBSCRIBE asks for more than QoS 2");
      }
    } while (!body.isAtEnd);
  } else if (type !== PACKET.PINGREQ && type !== PACKET.DISCONNECT) {
    checkId(body);
  }
  if (!body.isAtEnd) {
    throw new ProtocolError(`Packet of type ${type} goes on after its end`);
  }
}

function checkConnect(body: PacketBody, maxTopicLevels: number): void {
  const name = body.bytes().toString("latin1");
  const level = body.byte() & ~BRIDGE;
  if (LEVELS[name] !== level) {
    throw new ProtocolError(
      `CONNECT is for protocol ${
        JSON.stringify(name)
      } at level ${level}: MQTT 3.1.1 is spoken here`,
      true,
    );
  }
  const flags = body.byte();
  const [hasUser, hasPassword] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0];
  const [willQos, hasWill] = [(flags >> 3) & 3, (flags & 0x04) !== 0];
  const isLegal = (flags & 0x01) === 0 && willQos < 3 &&
    (hasWill || (flags & 0x38) === 0) && (hasUser || !hasPassword);
  if (!isLegal) {
    throw new ProtocolError(`CONNECT has the flags 0x${flags.toString(16)}`);
  }
  body.word(); // The keepalive.
  text(body); // The client id.
  if (hasWill) {
    // aedes keeps wildcards out of it, without closing the connection.
    checkLevels(text(body), "Will topic", maxTopicLevels);
    body.bytes();
  }
  if (hasUser) text(body);
  if (hasPassword) body.bytes();
}

function checkId(body: PacketBody): void {
  if (body.word() === 0) throw new ProtocolError("Packet has the id 0");
}

/** Text has no NUL and no halves of surrogate pairs (section 1.5.3). */
function text(body: PacketBody): string {
  const bytes = body.bytes();
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new ProtocolError("Packet has text that is not UTF-8, or NUL in it");
  }
  return bytes.toString();
}

/** Looks at each byte once, since this is done for each message. */
function checkTopicName(bytes: Buffer, maxTopicLevels: number): void {
  if (bytes.length === 0) throw new ProtocolError("Topic name is empty");
  let levels = 1;
  let isAscii = true;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (byte === SLASH) levels++;
    else if (byte === PLUS || byte === HASH || byte === 0) {
      throw new ProtocolError("Topic name has a wildcard or NUL in it");
    } else if (byte > 0x7f) isAscii = false;
  }
  if (!isAscii && !isUtf8(bytes)) {
    throw new ProtocolError("Topic name is not UTF-8");
  }
  checkLevelCount("Topic name", levels, maxTopicLevels);
}

function checkTopicFilter(filter: string, maxTopicLevels: number): void {
  checkLevels(filter, "Topic filter", maxTopicLevels);
  try {
    assertTopicFilter(filter);
  } catch (error) {
    throw new ProtocolError((error as Error).message);
  }
}

function checkLevels(topic: string, kind: string, most: number): void {
  if (topic === "") throw new ProtocolError(`${kind} is empty`);
  checkLevelCount(kind, topic.split("/").length, most);
}

function checkLevelCount(kind: string, levels: number, most: number): void {
  if (levels <= most) return;
  throw new ProtocolError(
    `${kind} has ${levels} levels: maxTopicLevels is ${most}`,
  );
}

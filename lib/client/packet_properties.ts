import { Buffer } from "node:buffer";
import type {
  IClientOptions,
  IClientPublishOptions,
  IClientSubscribeProperties,
  IDisconnectPacket,
} from "mqtt";
import { printable } from "../printable.ts";
import type {
  ConnectProperties,
  PublishProperties,
  WillProperties,
} from "../properties.ts";
import { assertTopicName } from "../topics.ts";

/** What MQTT.js takes as a connection's, a message's or a subscription's properties. */
type Packed = {
  connect: NonNullable<IClientOptions["properties"]>;
  will: NonNullable<NonNullable<IClientOptions["will"]>["properties"]>;
  publish: NonNullable<IClientPublishOptions["properties"]>;
  subscribe: NonNullable<IClientSubscribeProperties["properties"]>;
  disconnect: NonNullable<IDisconnectPacket["properties"]>;
};

/** Checks a property, and gives it as MQTT.js takes it. */
type Pack = (value: unknown, name: string) => unknown;

const MOST_BYTES = 0xffff;
const FOUR_BYTES = 0xffffffff;
const LONGEST_VARIABLE = 268_435_455;

const PUBLISH: Record<keyof PublishProperties, Pack> = {
  payloadFormatIndicator: packFlag,
  messageExpiryInterval: whole(0, FOUR_BYTES),
  responseTopic: packTopic,
  correlationData: packBytes,
  userProperties: packPairs,
  contentType: packText,
};

const WILL: Record<keyof WillProperties, Pack> = {
  ...PUBLISH,
  willDelayInterval: whole(0, FOUR_BYTES),
};

const CONNECT: Record<keyof ConnectProperties, Pack> = {
  sessionExpiryInterval: whole(0, FOUR_BYTES),
  receiveMaximum: whole(1, 0xffff),
  maximumPacketSize: whole(1, FOUR_BYTES),
  topicAliasMaximum: whole(0, 0xffff),
  requestResponseInformation: packFlag,
  requestProblemInformation: packFlag,
  userProperties: packPairs,
};

const SUBSCRIBE = {
  subscriptionIdentifier: whole(1, LONGEST_VARIABLE),
  userProperties: packPairs,
};

const DISCONNECT = { sessionExpiryInterval: whole(0, FOUR_BYTES) };

const TABLES: Record<keyof Packed, Record<string, Pack>> = {
  connect: CONNECT,
  will: WILL,
  publish: PUBLISH,
  subscribe: SUBSCRIBE,
  disconnect: DISCONNECT,
};

/**
 * Checks the properties of a packet, and gives them as MQTT.js takes them. What it
 * can't encode, MQTT.js would answer with the end of the connection, and try again
 * on the next.
 *
 * @throws {TypeError | RangeError} If one is unknown, or has a wrong value.
 */
export function packProperties<Kind extends keyof Packed>(
  kind: Kind,
  properties: object,
): Packed[Kind] {
  const table = TABLES[kind];
  const packed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(table, name)) {
      throw new TypeError(
        `Property ${printable(name)} is unknown: it must be one of ${
          Object.keys(table).join(", ")
        }`,
      );
    }
    packed[name] = table[name]!(value, `Property ${name}`);
  }
  return packed as Packed[Kind];
}

/**
 * Checks that what only MQTT 5 has is given to MQTT 5.
 *
 * @throws {TypeError} If an older version is spoken.
 */
export function assertMqtt5(what: string, protocolVersion = 4): void {
  if (protocolVersion === 5) return;
  const name = protocolVersion === 3 ? "3.1" : "3.1.1";
  throw new TypeError(
    `${what} are given, and MQTT ${name} has none: protocolVersion must be 5`,
  );
}

function whole(least: number, most: number): Pack {
  return (value, name) => {
    assertWhole(name, value, [least, most]);
    return value;
  };
}

function packFlag(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${name} is ${value}: it must be true or false`);
}

function packText(value: unknown, name: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${name} is ${value}: it must be a text`);
  }
  if (value.includes("\0")) {
    throw new TypeError(`${name} has a NUL character: it must have none`);
  }
  assertLength(Buffer.byteLength(value), name);
  return value;
}

function packTopic(value: unknown, name: string): string {
  const topic = packText(value, name);
  assertTopicName(topic);
  return topic;
}

function packBytes(value: unknown, name: string): Buffer {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw new TypeError(`${name} is ${value}: it must be a text or bytes`);
  }
  assertLength(Buffer.byteLength(value), name);
  return Buffer.from(value as string);
}

/** Pairs become objects of one name each: MQTT.js writes them in their order. */
function packPairs(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    return value.map((pair) => {
      const [key, text, ...rest] = Array.isArray(pair) ? pair : [];
      if (rest.length > 0) throw invalidPair(pair, name);
      return { [packText(key, name)]: packText(text, name) };
    });
  }
  if (typeof value !== "object" || value === null) {
    throw invalidPair(value, name);
  }
  for (const [key, texts] of Object.entries(value)) {
    for (const text of [key, texts].flat()) packText(text, name);
  }
  return value;
}

function invalidPair(value: unknown, name: string): TypeError {
  return new TypeError(
    `${name} is ${value}: it must be an object of texts, or a list of pairs of a name and a text`,
  );
}

function assertLength(bytes: number, name: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new TypeError(
    `${name} has ${
      bytes.toLocaleString("en")
    } bytes: it must have 65,535 at most`,
  );
}

/**
 * Checks a whole number.
 *
 * @throws {RangeError} If it is none, or outside of its range.
 */
export function assertWhole(
  name: string,
  value: unknown,
  [least, most]: readonly [least: number, most: number],
): void {
  const isWhole = typeof value === "number" && Number.isInteger(value);
  if (isWhole && value >= least && value <= most) return;
  throw new RangeError(
    `${name} is ${value}: it must be a whole number from ${least} to ${most}`,
  );
}

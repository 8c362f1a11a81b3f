/**
 * What the fuzzer's packets are made of, in every protocol version.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { QoS } from "mqtt-packet";
import { encode, word } from "../clients/raw_client.ts";
import type { Random } from "../../workbook/checking/random.ts";

const CLIENT_IDS = [
  "",
  "a",
  "b",
  "sensor-1",
  "sensor-2",
  "안나",
  "x".repeat(30),
];
/** Topics to publish on. */
const TOPICS = [
  "a",
  "a/b",
  "a/b/c",
  "iot/user1/temp",
  "$SYS/x",
  "/",
  "한국/온도",
];
const SHARED_FILTERS = [
  "$share/a/a/#",
  "$share/a/iot/user1/temp",
  "$share/b/#",
  "$share/안나/a/b",
];
const FILTERS = [
  ...TOPICS,
  ...["#", "+", "a/#", "+/b/+", "/#", "$SYS/#"],
  ...SHARED_FILTERS,
];

/** A client id, of few: clients take over from each other. */
export function clientId(random: Random): string {
  return random.pick(CLIENT_IDS);
}

/** A topic to publish on. */
export function topic(random: Random): string {
  return random.pick(TOPICS);
}

/** A filter that a broker has to grant, shared or not. */
export function filter(random: Random): string {
  return random.pick(FILTERS);
}

/** A packet's id, mostly one that others have, too. */
export function packetId(random: Random): number {
  return random.pick([1, 2, 3, random.integer(1, 65_535)]);
}

/** A payload, from nothing to 20 kB. */
export function payload(random: Random): Buffer {
  const length = random.pick([0, 1, 20, 20, 200, 20_000]);
  return Buffer.alloc(length, random.integer(0, 255));
}

/** A quality of service. */
export function qos(random: Random): QoS {
  return random.integer(0, 2) as QoS;
}

/** One to four of something. */
export function some<T>(random: Random, make: (random: Random) => T): T[] {
  return Array.from({ length: random.integer(1, 4) }, () => make(random));
}

/** Bytes that may be anything, at most so many. */
export function bytes(random: Random, most: number): Uint8Array {
  return Uint8Array.from(
    { length: random.integer(0, most) },
    () => random.integer(0, 255),
  );
}

/** A length of two bytes, and what it may announce. */
export function field(random: Random): Uint8Array {
  const content = random.pick([
    () => encode(filter(random)),
    () => bytes(random, 10),
    () => encode("a\0b"),
    () => Uint8Array.of(0xed, 0xa0, 0x80),
    () => Uint8Array.of(0xc0, 0x80),
    () => encode("a/+b/#/c#"),
    () => encode(random.pick(["$share", "$share//a", "$share/a+/b"])),
    () => encode("constructor"),
    () => encode("__proto__"),
  ])();
  const announced = random.next() < 0.8
    ? content.length
    : random.integer(0, 65_535);
  return Buffer.concat([word(announced), content]);
}

/** Seconds: none, few, many, and those that stand for ever. */
export const SECONDS: readonly number[] = [0, 1, 2, 60, 86_400, 0xffff_ffff];
/** Reasons of acknowledgements (section 2.4), and some that are none. */
export const REASONS: readonly number[] = [
  ...[0, 0, 0, 4, 16, 128, 131, 135, 144, 145, 146, 151, 153, 255],
];
/** Reasons of a client that leaves, and some of a broker. */
export const DISCONNECT_REASONS: readonly number[] = [
  ...[0, 0, 4, 128, 129, 130, 141, 142, 147, 149, 153],
];

/** Some of the fields of an object, and often none. */
export function choose<T extends object>(
  random: Random,
  fields: T,
): Partial<T> {
  const chosen = Object.entries(fields).filter(() => random.next() < 0.3);
  return Object.fromEntries(chosen) as Partial<T>;
}

/** The properties that a message may have on its way, and in a will. */
export function messageProperties(random: Random) {
  return choose(random, {
    messageExpiryInterval: random.pick(SECONDS),
    contentType: "text/plain",
    responseTopic: topic(random),
    correlationData: Buffer.from(bytes(random, 30)),
    userProperties: userProperties(random),
  });
}

/** A reason, and maybe what it means in words. */
export function outcome(random: Random, reasons: readonly number[]) {
  return {
    reasonCode: random.pick(reasons),
    properties: choose(random, {
      reasonString: "so it is",
      userProperties: userProperties(random),
    }),
  };
}

/** A name of one's own, and its values. */
export function userProperties(random: Random): Record<string, string[]> {
  const name = random.pick(["a", "unit", "안나", "__proto__", "x".repeat(500)]);
  const values = some(random, () => random.pick(["", "°C", "y".repeat(50)]));
  return Object.fromEntries([[name, values]]);
}

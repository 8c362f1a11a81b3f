/**
 * Reasons and properties of MQTT 5, as a well-behaved client sends them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Random } from "../../workbook/checking/random.ts";
import { bytes, some, topic } from "./values.ts";

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

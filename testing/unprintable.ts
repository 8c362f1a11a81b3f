/**
 * All characters that no place may print as they are, and a test for such places.
 *
 * @module
 */

import type { IPublishPacket } from "mqtt-packet";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "./brokers/scripted_broker.ts";

/** Unicode's controls, formats and line ends; UTF-8 can't hold lone surrogates. */
export const UNPRINTABLE: readonly string[] = Array.from(
  { length: 0x110000 },
  (_, code) => String.fromCodePoint(code),
).filter((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character));

/** What a program prints itself: line ends, and sequences for a terminal. */
const OWN = ["\t", "\n", "\r", "\x1b", "\b"];

/** Somewhere that a topic, a payload or a name is printed. */
export interface PrintingPlace {
  /** What prints. */
  name: string;
  /** Has it print each of the texts, and gives what came out. */
  print(texts: readonly string[]): string | Promise<string>;
  /** How many of the characters a text may have, 8 unless given. */
  most?: number;
  /** Characters that the place can't get, such as `/` in a folder's name. */
  without?: readonly string[];
  /** Whether it is left out on this system; `name` should say why. */
  ignore?: boolean;
}

/** The characters in texts such as `t003(\x10)(\x11)`. */
export function unprintableTexts(
  { most = 8, without = [] }: Pick<PrintingPlace, "most" | "without"> = {},
): string[] {
  const characters = UNPRINTABLE.filter((one) => !without.includes(one));
  return Array.from(
    { length: Math.ceil(characters.length / most) },
    (_, index) => {
      const some = characters.slice(index * most, (index + 1) * most);
      return `${label(index)}${some.map((one) => `(${one})`).join("")}`;
    },
  );
}

function label(index: number): string {
  return `t${String(index).padStart(3, "0")}`;
}

/** Defines a test for each place: it prints all texts, and nothing as it is. */
export function testPlaces(places: readonly PrintingPlace[]): void {
  for (const { name, print, ignore = false, ...limits } of places) {
    Deno.test({
      name: `${name} prints no control or format character as it is`,
      ignore,
      fn: async () => {
        const texts = unprintableTexts(limits);
        assertPrintable(await print(texts), texts.length);
      },
    });
  }
}

/**
 * @param printed What a place has printed.
 * @param count How many texts must be seen in it.
 * @throws {Error} If one isn't there, or one of the characters is.
 */
function assertPrintable(printed: string, count: number): void {
  const missing = Array.from({ length: count }, (_, index) => label(index))
    .filter((one) => !printed.includes(one));
  if (missing.length > 0) {
    throw new Error(
      `Not printed at all: ${missing.join(" ")} in:\n${printed.slice(0, 2000)}`,
    );
  }
  const passed = UNPRINTABLE.filter((character) =>
    printed.includes(`(${character})`) ||
    !OWN.includes(character) && printed.includes(character)
  );
  if (passed.length === 0) return;
  const codes = passed.map((character) =>
    `U+${character.codePointAt(0)!.toString(16).padStart(4, "0")}`
  );
  throw new Error(`Printed as they are: ${codes.length}: ${codes.join(" ")}`);
}

/** What a {@linkcode startTextBroker} publishes for each text. */
export interface TextMessage
  extends Pick<IPublishPacket, "topic" | "properties"> {
  payload: string;
}

/**
 * Starts a broker that sends messages after each SUBSCRIBE, also on topics that no
 * real one would take, and whether they match or not.
 */
export function startTextBroker(
  messages: readonly TextMessage[],
): Promise<ScriptedBroker> {
  return startScriptedBroker(({ cmd }, { send }) => {
    if (cmd !== "subscribe") return;
    // SUBACK comes first.
    queueMicrotask(() => {
      for (const message of messages) {
        send({ cmd: "publish", qos: 0, dup: false, retain: false, ...message });
      }
    });
  });
}

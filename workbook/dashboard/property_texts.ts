import type { MessageProperties } from "../../lib/mod.ts";

/** MQTT 5's properties as names and values. */
export type PropertyTexts = [name: string, value: string][];

/** What a pair costs besides its characters. */
const PAIR = 64;
const decoder = new TextDecoder();

/**
 * A message's properties as texts; what a stranger wrote in them stays as it is.
 *
 * They hold nothing of the packet that they came in: a Buffer of them would keep all
 * that came in one read.
 */
export function propertyTexts(properties: MessageProperties): PropertyTexts {
  return Object.entries(properties).flatMap(([name, value]): PropertyTexts => {
    if (value === undefined) return [];
    if (name !== "userProperties") return [[name, textOf(value)]];
    return [value].flat().flatMap((record) =>
      Object.entries(record as object).flatMap(([key, texts]) =>
        [texts].flat().map((text): [string, string] => [key, textOf(text)])
      )
    );
  });
}

/** How much memory they take, about. */
export function propertySize(properties: PropertyTexts): number {
  let size = 0;
  for (const [name, value] of properties) {
    size += PAIR + name.length + value.length;
  }
  return size;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}

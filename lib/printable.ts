// Controls, line ends and what formats text without being seen: Unicode's categories
// Cc, Zl, Zp and Cf, and surrogates that stand alone. A joiner between two emoji
// makes one picture of them, such as a family, and is no danger.
const UNPRINTABLE =
  /(?!(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const NAMES: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/**
 * Makes a text that a stranger wrote, such as a topic or a payload, safe to print, in one
 * line: what could move the cursor, change the screen, begin a line, turn it round or
 * hide in it (Unicode's categories Cc, Cf, Zl, Zp and Cs, except joiners between emoji)
 * is shown as it is written in a program (`\x1b`, `\u202e`). All else stays.
 *
 * @example A payload that would clear the screen
 * ```ts
 * import { Message, printable } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const message = Message.from("iot/lamp", "on\x1b[2J\n");
 * assertEquals(printable(message.text), "on\\x1b[2J\\n");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escape);
}

/** The same for text of several lines: line breaks stay. */
export function printableLines(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) => character === "\n" ? character : escape(character),
  );
}

function escape(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  if (code.length > 4) return `\\u{${code}}`;
  return NAMES[character] ??
    (code.length > 2
      ? `\\u${code.padStart(4, "0")}`
      : `\\x${code.padStart(2, "0")}`);
}

/**
 * Quotes a text for a message: so that it can neither break the line nor colour the
 * terminal nor seem to end early, and not more of it than a line holds.
 *
 * @returns The text or its beginning, in quotes.
 */
export function excerpt(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${printable(shown.replaceAll(/["\\]/g, "\\$&"))}"`;
}

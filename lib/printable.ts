/**
 * Text that can be shown on a terminal or written to a log, whoever it is from.
 *
 * @module
 */

const NAMES: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

// Control characters, and those that turn the direction of what follows.
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Shows what could move the cursor, change the screen or turn the line round as it
 * is written in a program (`\t`, `\x1b`, `\u202e`), so that a line stays a line.
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
  const code = character.charCodeAt(0).toString(16);
  return NAMES[character] ??
    (code.length > 2
      ? `\\u${code.padStart(4, "0")}`
      : `\\x${code.padStart(2, "0")}`);
}

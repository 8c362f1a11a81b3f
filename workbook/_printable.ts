/**
 * Text that can be shown on a terminal, whatever a student's program printed.
 *
 * @module
 */

const NAMES: Record<string, string> = { "\t": "\\t", "\r": "\\r" };

/**
 * Shows control characters as they are written in a program (`\t`, `\x1b`), so
 * that they can't move the cursor or change the screen. Line breaks stay.
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    return NAMES[character] ?? `\\x${code}`;
  });
}

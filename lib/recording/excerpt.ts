import { printable } from "../printable.ts";

/**
 * Quotes a text for a message: as a JSON string, so that it can neither break
 * the line nor colour the terminal, and not more of it than a line holds.
 *
 * @param text The text.
 * @returns The text or its beginning, in quotes.
 */
export function excerpt(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return printable(JSON.stringify(shown));
}

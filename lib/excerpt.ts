import { printable } from "./printable.ts";

/**
 * Quotes a text for a message: so that it can neither break the line nor colour the
 * terminal nor seem to end early, and not more of it than a line holds.
 *
 * @param text The text.
 * @returns The text or its beginning, in quotes.
 */
export function excerpt(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${printable(shown.replaceAll(/["\\]/g, "\\$&"))}"`;
}

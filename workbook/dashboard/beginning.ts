import { printable } from "../../lib/printable.ts";

/** Characters of a stranger's text that the page is told. */
const LONGEST = 1_000;

/** The beginning of a stranger's text, made printable; of a long one it ends with `…`. */
export function beginning(text: string): string {
  return text.length > LONGEST
    ? `${printable(text.slice(0, LONGEST))}…`
    : printable(text);
}

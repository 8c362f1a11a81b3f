import { printable } from "../../lib/printable.ts";

/** Characters of a stranger's text that the page is told. */
const LONGEST = 1_000;

/** Whether more is in a text than its {@linkcode beginning}. */
export function isCut(text: string): boolean {
  return text.length > LONGEST;
}

/** The beginning of a stranger's text, made printable; of a long one it ends with `…`. */
export function beginning(text: string): string {
  return isCut(text)
    ? `${printable(text.slice(0, LONGEST))}…`
    : printable(text);
}

import { printable } from "../printable.ts";

/** A client chooses its name: nothing in it may forge lines, or hide them. */
export function quote(text: string): string {
  return printable(JSON.stringify(text));
}

import type { Message } from "../message.ts";

const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/** A number of few enough digits that JavaScript would write it just so. */
const WRITTEN_SO = /^-?(?:0|[1-9]\d*)(?:\.(?!0{6})\d*[1-9])?$/;
const MOST_EXACT_DIGITS = 15;

/**
 * Gives what a row says of a message: its number as JavaScript writes it, which most
 * payloads are already. To parse and to write one takes as long as the rest of the row.
 *
 * JavaScript's numbers hold whole numbers up to 2^53 (`Number.MAX_SAFE_INTEGER`) and round
 * larger ones, such as a serial number or a time in nanoseconds, of which the payload's
 * digits are kept.
 *
 * @throws {TypeError} If the payload isn't a finite decimal number.
 */
export function valueText(message: Message): string {
  const { text } = message;
  if (text.length <= MOST_EXACT_DIGITS && WRITTEN_SO.test(text)) return text;
  const { number } = message;
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) {
    const digits = WHOLE.exec(text)?.[1];
    if (digits !== undefined) return BigInt(digits).toString();
  }
  // String(-0) is "0".
  return Object.is(number, -0) ? "-0" : String(number);
}

import type { Message } from "../message.ts";

const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/**
 * Gives what a row says of a message. JavaScript's numbers hold whole numbers up to
 * 2^53 (`Number.MAX_SAFE_INTEGER`) and round larger ones, such as a serial number or a
 * time in nanoseconds, of which the payload's digits are kept.
 *
 * @returns Its number, or all digits of a whole one that JavaScript doesn't hold.
 * @throws {TypeError} If the payload isn't a finite decimal number.
 */
export function unrounded(message: Message): number | string {
  const { number } = message;
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  const digits = WHOLE.exec(message.text)?.[1];
  return digits === undefined ? number : BigInt(digits).toString();
}

import type { Message } from "../message.ts";

const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/** JavaScript writes a number of no more digits with just these. */
const MOST_EXACT_DIGITS = 15;
/** With so many zeros after the point, it writes 1e-7. */
const TOO_MANY_ZEROS = 6;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

const encoder = new TextEncoder();

/**
 * Gives what a row says of a message: its number as JavaScript writes it, which most
 * payloads are already. To parse and to write one takes longer than all the rest of the
 * row.
 *
 * JavaScript's numbers hold whole numbers up to 2^53 (`Number.MAX_SAFE_INTEGER`) and round
 * larger ones, such as a serial number or a time in nanoseconds, of which the payload's
 * digits are kept.
 *
 * @returns ASCII; it may be the payload itself.
 * @throws {TypeError} If the payload isn't a finite decimal number.
 */
export function valueBytes(message: Message): Uint8Array {
  const { payload } = message;
  const end = endOfNumber(payload);
  if (end === 0) return encoder.encode(valueText(message));
  return end === payload.length ? payload : payload.subarray(0, end);
}

function valueText({ text, number }: Message): string {
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) {
    const digits = WHOLE.exec(text)?.[1];
    if (digits !== undefined) return BigInt(digits).toString();
  }
  // String(-0) is "0".
  return Object.is(number, -0) ? "-0" : String(number);
}

/**
 * Finds how much of a payload is the number as JavaScript would write it: of `21.50` all
 * but the last zero.
 *
 * @returns The index after it; 0 if the number has to be parsed and written.
 */
function endOfNumber(payload: Uint8Array): number {
  const { length } = payload;
  if (length > MOST_EXACT_DIGITS) return 0;
  const whole = payload[0] === MINUS ? 1 : 0;
  const point = endOfDigits(payload, whole);
  if (point === whole) return 0;
  if (payload[whole] === ZERO && point > whole + 1) return 0;
  if (point === length) return length;
  if (payload[point] !== POINT || endOfDigits(payload, point + 1) < length) {
    return 0;
  }
  let end = length;
  while (payload[end - 1] === ZERO) end--;
  if (end === point + 1) return point;
  let zeros = 0;
  while (payload[point + 1 + zeros] === ZERO) zeros++;
  return zeros < TOO_MANY_ZEROS ? end : 0;
}

function endOfDigits(payload: Uint8Array, start: number): number {
  let end = start;
  // To read past the end would cost more than all the rest.
  while (end < payload.length && isDigit(payload[end]!)) end++;
  return end;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

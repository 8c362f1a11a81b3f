const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a decimal number, such as `21`, `-0.5` or `1e3`. `Number()` would take
 * blanks, hexadecimal and an empty text, too.
 *
 * @returns The number, infinite if it is too large for one, or NaN.
 */
export function parseDecimal(text: string): number {
  return DECIMAL.test(text) ? Number(text) : NaN;
}

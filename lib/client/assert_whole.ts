/**
 * Checks a whole number.
 *
 * @throws {RangeError} If it is none, or outside of its range.
 */
export function assertWhole(
  name: string,
  value: unknown,
  [least, most]: readonly [least: number, most: number],
): void {
  const isWhole = typeof value === "number" && Number.isInteger(value);
  if (isWhole && value >= least && value <= most) return;
  throw new RangeError(
    `${name} is ${value}: it must be a whole number from ${least} to ${most}`,
  );
}

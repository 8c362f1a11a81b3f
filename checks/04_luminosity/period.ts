/**
 * The period of the checks, and what is in time.
 *
 * @module
 */

/** The period that the checks give the programs, in seconds. */
export const PERIOD = 1;

/** What tells the programs so. */
export const VARIABLES = { PERIOD: String(PERIOD) };

/** Timers may be a little early. */
const TOLERANCE = 0.9;

/**
 * Whether things happened no more often than once in a period. A busy machine
 * makes them late, and never early.
 *
 * @param startedAt When the program was started, in milliseconds.
 * @param times When each happened, in milliseconds.
 */
export function areInTime(startedAt: number, times: number[]): boolean {
  return times.every((at, index) =>
    at - startedAt >= index * PERIOD * 1000 * TOLERANCE
  );
}

/**
 * Whether two things followed each other as closely as the period says. On a
 * busy machine, some may be late; all are late only if the period is wrong.
 *
 * @param times When each happened, in milliseconds.
 */
export function areFrequent(times: number[]): boolean {
  return times.some((at, index) =>
    at - (times[index - 1] ?? -Infinity) < 2 * PERIOD * 1000
  );
}

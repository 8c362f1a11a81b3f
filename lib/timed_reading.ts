import { parseMicroseconds } from "./recording/local_time.ts";

const BEGINNING_OF_OBJECT = /^[\t\n\r ]*\{/;

/** A reading that says itself when it was taken. */
interface TimedReading {
  /** When it was taken, in microseconds since 1970. */
  microseconds: number;
  /** What was measured, as it was written. */
  value: string;
}

/**
 * Writes a reading with the time at which it is taken, to the microsecond, as JSON:
 * `{"time":"2026-11-21T00:30:00.123456Z","value":21.5}`. The publisher's time stays what
 * it is however long the message is under way, and tells a reading that comes twice from
 * one that was measured twice.
 */
export function formatTimedReading(value: number | string): string {
  const time = Temporal.Now.instant().toString({ smallestUnit: "microsecond" });
  return JSON.stringify({ time, value });
}

/**
 * Reads such a payload. The time has an offset or a `Z`, or is local.
 *
 * @returns The reading, or undefined if the text isn't one: a plain number, for instance.
 */
export function parseTimedReading(text: string): TimedReading | undefined {
  if (!BEGINNING_OF_OBJECT.test(text)) return undefined;
  let json: { time?: unknown; value?: unknown };
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { time, value } = json;
  const isValue = typeof value === "number" || typeof value === "string";
  if (typeof time !== "string" || !isValue) return undefined;
  const microseconds = parseMicroseconds(time);
  if (microseconds === undefined) return undefined;
  const isExact = typeof value === "string" || isWrittenAsItIs(value);
  return { microseconds, value: isExact ? `${value}` : valueIn(text) };
}

/** Whether JavaScript keeps a number's sign and all digits of a whole one. */
function isWrittenAsItIs(number: number): boolean {
  return !Object.is(number, -0) && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
}

/** How the number of a JSON's `value` is written there. */
function valueIn(json: string): string {
  const { value } = JSON.parse(
    json,
    (key, value, context?: { source?: string }) =>
      key === "value" && typeof value === "number" ? context?.source : value,
  );
  return `${value}`;
}

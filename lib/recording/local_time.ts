/** How a row tells the time. */
export type TimeFormat = "local" | "rfc3339";

const TIME =
  /^((?!00)\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])([01]\d|2[0-3]):([0-5]\d))?$/;

/**
 * Microseconds since 1970 on the wall clock, which is the one that a jump (a
 * correction, a summer night) shows on; `performance.now()` would hide it.
 */
export function nowInMicroseconds(): number {
  return Math.floor(Number(Temporal.Now.instant().epochNanoseconds) / 1000);
}

/**
 * Makes a function that writes microseconds since 1970 as local time:
 * `2026-11-21 09:30:00.123456`, as Python's `str(datetime.now())` does, or
 * `2026-11-21T09:30:00.123456+09:00`. All but the fraction is kept for as long
 * as the second lasts.
 */
export function timeFormatter(
  format: TimeFormat,
): (microseconds: number) => string {
  let second = NaN;
  let text = { before: "", after: "" };
  return (microseconds) => {
    const now = Math.floor(microseconds / 1_000_000);
    if (now !== second) {
      second = now;
      text = formatSecond(now, format);
    }
    const fraction = String(microseconds - now * 1_000_000).padStart(6, "0");
    return text.before + fraction + text.after;
  };
}

/** What a time has before and after its fraction, for a second since 1970. */
export function formatSecond(
  second: number,
  format: TimeFormat,
): { before: string; after: string } {
  const date = new Date(second * 1000);
  const isLocal = format === "local";
  return {
    before: `${dayOf(date)}${isLocal ? " " : "T"}${hourOf(date)}.`,
    after: isLocal ? "" : offsetOf(date),
  };
}

/**
 * Reads both formats back, with or without a fraction; a time without an offset
 * is local. A `Date` holds milliseconds: what is finer is cut off. Nothing was recorded
 * before the year 100, which `Date` takes for 20th century.
 *
 * @returns The time, or `undefined` if the text isn't one.
 */
export function parseTime(text: string): Date | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7)
    .map(Number) as [number, number, number, number, number, number];
  const [fraction = "", utc, sign, offsetHours, offsetMinutes] = match.slice(7);
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const time = [hour, minute, second, millisecond] as const;
  const date = new Date(Date.UTC(year, month - 1, day, ...time));
  // 30 February would pass for 2 March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return undefined;
  }
  if (utc) return date;
  if (!sign) return new Date(year, month - 1, day, ...time);
  const offset = Number(offsetHours) * 60 + Number(offsetMinutes);
  return new Date(date.getTime() - Number(`${sign}${offset}`) * 60_000);
}

/**
 * Reads both formats back to the microsecond, which a `Date` doesn't hold.
 *
 * @returns Microseconds since 1970, or `undefined` if the text isn't a time, or one that
 * a number doesn't hold to the microsecond: before 1684 or after 2255.
 */
export function parseMicroseconds(text: string): number | undefined {
  const date = parseTime(text);
  if (date === undefined) return undefined;
  const [, finer = ""] = /\.\d{3}(\d{1,3})/.exec(text) ?? [];
  const time = date.getTime() * 1000 + Number(finer.padEnd(3, "0"));
  return Number.isSafeInteger(time) ? time : undefined;
}

function dayOf(date: Date): string {
  const year = String(date.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(date.getMonth() + 1)}-${
    twoDigits(date.getDate())
  }`;
}

function hourOf(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(twoDigits).join(":");
}

function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${twoDigits(Math.floor(size / 60))}:${
    twoDigits(size % 60)
  }`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

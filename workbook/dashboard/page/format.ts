/**
 * Numbers and times as the page shows them.
 *
 * @module
 */
import { timeFormatter } from "../../../lib/recording/local_time.ts";
import { language } from "./labels.ts";

const UNITS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", Infinity],
] as const;

const localTime = timeFormatter("local");
const formats = new Map<string, Intl.NumberFormat>();

/** A number, with at most so many digits after the point. */
export function formatNumber(number: number, digits = 0): string {
  return format(`${digits}`, { maximumFractionDigits: digits }, number);
}

/** A rate: small ones with a digit after the point. */
export function formatRate(rate: number): string {
  return formatNumber(rate, rate > 0 && rate < 10 ? 1 : 0);
}

/** A time span of milliseconds, as a whole number of its largest unit. */
export function formatAge(milliseconds: number): string {
  let count = Math.max(0, Math.floor(milliseconds / 1000));
  for (const [unit, size] of UNITS) {
    if (count < size) {
      const options = { style: "unit", unit, unitDisplay: "narrow" } as const;
      return format(unit, options, count);
    }
    count = Math.floor(count / size);
  }
  return "";
}

/** A time of day, with milliseconds if wanted, after the day if it isn't today's. */
export function formatTime(
  milliseconds: number,
  { hasMilliseconds = false, today = Date.now() } = {},
): string {
  const text = localTime(milliseconds * 1000);
  const isToday = localTime(today * 1000).startsWith(text.slice(0, 10));
  return text.slice(isToday ? 11 : 0, hasMilliseconds ? 23 : 19);
}

function format(
  name: string,
  options: Intl.NumberFormatOptions,
  number: number,
): string {
  const key = `${language.value} ${name}`;
  const known = formats.get(key) ??
    new Intl.NumberFormat(language.value, options);
  formats.set(key, known);
  return known.format(number);
}

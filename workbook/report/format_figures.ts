import { printable } from "../../lib/printable.ts";
import { timeFormatter } from "../../lib/recording/local_time.ts";
import type { TopicSummary, Value } from "./topic_summary.ts";

/** How many digits the difference between least and greatest value is shown with. */
const DIGITS = 4;
/** Numbers of more digits before the point are shown with an exponent. */
const MOST_DIGITS = 12;
const MOST_DECIMALS = 9;
/** Longer texts are cut: a whole number of 64 bits is not. */
const LONGEST = 20;
/** So that a table with two times and two values fits 80 columns. */
const WIDEST_SHORT = 13;

const UNITS: readonly [name: string, milliseconds: number][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

const formatMicroseconds = timeFormatter("local");

/** Writes a count, with its thousands apart: `1,000,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Writes how many there are of something: `1 row`, `1,000 rows`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Writes a time in milliseconds since 1970 as local time, to the second. */
export function formatTime(time: number): string {
  return formatMicroseconds(time * 1000).slice(0, "2026-11-21 09:30:00".length);
}

/** Writes a duration in milliseconds with its two largest units: `2 h 5 min`. */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "-";
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  let rest = Math.round(milliseconds / 1000) * 1000;
  const largest = UNITS.findIndex(([, size]) => size <= rest);
  return UNITS.slice(largest, largest + 2).flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}`];
  }).join(" ");
}

/**
 * Makes a function that writes the values of a topic, all with as many decimals as
 * tell its least from its greatest one. A text is a stranger's: it comes printable,
 * in quotes where it isn't a number, and cut where it is long.
 */
export function valueFormatter(
  { numbers }: TopicSummary,
): (value: Value | undefined) => string {
  const decimals = decimalsFor(
    Number(numbers?.least ?? 0),
    Number(numbers?.greatest ?? 0),
  );
  return (value) => {
    if (value === undefined) return "-";
    if (typeof value === "string") return formatText(value);
    const isPlain = Math.abs(value) < 10 ** MOST_DIGITS &&
      decimals <= MOST_DECIMALS;
    if (!isPlain && value !== 0) return value.toExponential(DIGITS);
    return value.toFixed(Math.min(MOST_DECIMALS, Math.max(0, decimals)));
  };
}

/**
 * The same for where there is little room: what is too wide is rounded if it is a
 * number, and else cut.
 */
export function shortValueFormatter(
  topic: TopicSummary,
): (value: Value | undefined) => string {
  const format = valueFormatter(topic);
  return (value) => {
    const letters = Array.from(format(value));
    if (letters.length <= WIDEST_SHORT) return letters.join("");
    const number = Number(value);
    return Number.isFinite(number)
      ? number.toExponential(DIGITS)
      : `${letters.slice(0, WIDEST_SHORT - 1).join("")}…`;
  };
}

/** How many decimals tell two numbers apart, and what lies between them. */
function decimalsFor(least: number, greatest: number): number {
  const largest = Math.max(Math.abs(least), Math.abs(greatest)) || 1;
  const span = Math.min(greatest / 2 - least / 2, largest) || largest / 2;
  return Math.min(
    DIGITS - 1 - orderOf(2 * span),
    MOST_DIGITS - 1 - orderOf(largest),
  );
}

/** The power of ten that a number has. */
function orderOf(number: number): number {
  return Math.floor(Math.log10(number));
}

function formatText(text: string): string {
  const number = /^-?\d+$/.test(text) ? Number(text) : NaN;
  const isNumber = Number.isFinite(number);
  const shown = printable(text);
  const letters = Array.from(isNumber ? shown : `"${shown}"`);
  if (letters.length <= LONGEST) return letters.join("");
  if (isNumber) return number.toExponential(DIGITS);
  return `${letters.slice(0, LONGEST - 1).join("")}…`;
}

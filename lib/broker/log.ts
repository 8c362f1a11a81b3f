import { printable } from "../printable.ts";

/** A client chooses its name: nothing in it may forge lines, or hide them. */
export function quote(text: string): string {
  return printable(JSON.stringify(text));
}

/**
 * Counts what may happen very often, and tells of it the first times, and each
 * time that it has happened ten times as often: a flood mustn't flood the log.
 *
 * @param report Is told how often it has happened so far.
 */
export function createTally<Details extends unknown[]>(
  report: (count: number, ...details: Details) => void,
  each = 1,
): (...details: Details) => void {
  let count = 0;
  let next = 1;
  return (...details) => {
    count++;
    if (count < next) return;
    next = count < each ? count + 1 : next * 10;
    report(count, ...details);
  };
}

/**
 * Passes on lines that may come very often, one a key and minute: a flood
 * mustn't flood the log. A line that is passed on says how many were left out
 * since the last one.
 *
 * @returns What to call with a key, such as an address, and a line.
 */
export function createMinuteLog(
  log: (line: string) => void,
  now: () => number = Date.now,
): (key: string, line: string) => void {
  const last = new Map<string, { at: number; leftOut: number }>();
  return (key, line) => {
    const { at, leftOut } = last.get(key) ?? { at: -Infinity, leftOut: 0 };
    if (now() - at < 60_000) {
      last.set(key, { at, leftOut: leftOut + 1 });
      return;
    }
    log(leftOut === 0 ? line : `${line} (${leftOut} more since the last line)`);
    remember(last, key, { at: now(), leftOut: 0 });
  };
}

/** How many keys are remembered; the oldest go first. */
const MOST_REMEMBERED = 10_000;

/** Sets a key as the latest, and forgets the oldest where there are too many. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST_REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
}

import type { Points } from "../store.ts";
import type { Range } from "./sight.ts";

/** The points of one series that are drawn; `null` is a gap. */
export type Drawn = Pick<Points, "times" | "values">;

/** What a series says in a stretch of time. */
export interface Statistics {
  count: number;
  last: number;
  min: number;
  max: number;
  mean: number;
}

/**
 * Takes the points of a stretch of time, and one more on each side, so that lines go on
 * to the border. Where more than four points share one of `columns` columns, only the
 * first, the last, the least and the greatest are taken, and a gap: the picture is the
 * same, and a hundred thousand points cost no more than what a screen can show.
 */
export function visiblePoints(
  { times, values }: Drawn,
  range: Range,
  columns: number,
): Drawn {
  const start = Math.max(0, indexFrom(times, range.from) - 1);
  const end = Math.min(times.length, indexAfter(times, range.to) + 1);
  if (end - start <= 4 * columns) {
    return {
      times: times.slice(start, end),
      values: values.slice(start, end),
    };
  }
  const taken: number[] = [];
  const width = (range.to - range.from) / columns;
  for (let index = start; index < end;) {
    const column = Math.floor((times[index]! - range.from) / width);
    const first = index;
    while (
      index < end && Math.floor((times[index]! - range.from) / width) === column
    ) index++;
    taken.push(...outline(values, first, index - 1));
  }
  return {
    times: taken.map((index) => times[index]!),
    values: taken.map((index) => values[index]!),
  };
}

/** The indices of the points that show what a column of them looks like, in order. */
function outline(
  values: readonly (number | null)[],
  first: number,
  last: number,
): number[] {
  let least = first;
  let greatest = first;
  let gap = first;
  for (let index = first; index <= last; index++) {
    const value = values[index]!;
    if (value === null) gap = index;
    else {
      if (value < (values[least] ?? Infinity)) least = index;
      if (value > (values[greatest] ?? -Infinity)) greatest = index;
    }
  }
  return [...new Set([first, least, greatest, gap, last])]
    .sort((a, b) => a - b);
}

/**
 * Puts series with times of their own side by side, as a chart wants them: the times of
 * all, and for each series its values at them, `undefined` where it has no point.
 */
export function joined(
  parts: readonly Drawn[],
): [times: number[], ...values: (number | null | undefined)[][]] {
  const times: number[] = [];
  const columns = parts.map((): (number | null | undefined)[] => []);
  const next = parts.map(() => 0);
  while (true) {
    let time = Infinity;
    parts.forEach((part, index) => {
      time = Math.min(time, part.times[next[index]!] ?? Infinity);
    });
    if (time === Infinity) return [times, ...columns];
    times.push(time);
    parts.forEach((part, index) => {
      const at = next[index]!;
      const has = part.times[at] === time;
      columns[index]!.push(has ? part.values[at] : undefined);
      if (has) next[index] = at + 1;
    });
  }
}

/** Says what the values of a stretch of time come to; nothing where there are none. */
export function statistics(
  { times, values }: Drawn,
  { from, to }: Range,
): Statistics | undefined {
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  let last = NaN;
  const end = indexAfter(times, to);
  for (let index = indexFrom(times, from); index < end; index++) {
    const value = values[index]!;
    if (value === null) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    last = value;
  }
  return count === 0 ? undefined : { count, last, min, max, mean: sum / count };
}

/** The value whose time is nearest; `null` in a gap, nothing without points. */
export function nearestValue(
  { times, values }: Drawn,
  time: number,
): number | null | undefined {
  const after = indexFrom(times, time);
  const isBefore = after > 0 &&
    (after === times.length ||
      time - times[after - 1]! < times[after]! - time);
  return values[isBefore ? after - 1 : after];
}

/** The index of the first time that is not before this one. */
function indexFrom(times: readonly number[], time: number): number {
  return firstIndex(times, (other) => other >= time);
}

/** The index of the first time that is after this one. */
function indexAfter(times: readonly number[], time: number): number {
  return firstIndex(times, (other) => other > time);
}

function firstIndex(
  times: readonly number[],
  isReached: (time: number) => boolean,
): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isReached(times[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

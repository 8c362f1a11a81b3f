/** A stretch of time, in milliseconds since 1970. */
export interface Range {
  from: number;
  to: number;
}

/** What is shorter shows nothing: times are whole milliseconds. */
const SHORTEST = 10;

/** The same middle with `factor` times the length, never less than 10 ms. */
export function zoomed({ from, to }: Range, factor: number): Range {
  const half = Math.max((to - from) * factor, SHORTEST) / 2;
  const middle = (from + to) / 2;
  return { from: middle - half, to: middle + half };
}

/** Later by this share of its length, or earlier if that is below 0. */
export function moved({ from, to }: Range, share: number): Range {
  const way = (to - from) * share;
  return { from: from + way, to: to + way };
}

/**
 * Moves a range back inside others, `limits`, and keeps its length if it fits; a longer
 * one becomes as long as they are.
 */
export function within({ from, to }: Range, limits: Range): Range {
  const length = Math.min(to - from, limits.to - limits.from);
  const start = Math.max(limits.from, Math.min(from, limits.to - length));
  return { from: start, to: start + length };
}

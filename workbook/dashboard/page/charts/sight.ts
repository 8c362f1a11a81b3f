import { series } from "../charts.ts";
import { now, points } from "../store.ts";
import { batch, signal } from "../view.ts";

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

/** What an empty chart shows, in milliseconds. */
const EMPTY = 60_000;

/** How many milliseconds back from now are shown; all, if that is infinite. */
export const followed = signal(Infinity);
/** The stretch of time that is looked at closely, instead of what is newest. */
export const zoom = signal<Range | null>(null);
/** When drawing was stopped. */
export const pausedAt = signal<number | null>(null);
/** Where the cursor is. */
export const cursorTime = signal<number | null>(null);

/** The stretch of time that charts show now. */
export function sight(): Range {
  if (zoom.value !== null) return zoom.value;
  const all = extent();
  const length = followed.value;
  return length === Infinity ? all : { from: all.to - length, to: all.to };
}

/** Shows the last so many milliseconds from now on, or all. */
export function follow(milliseconds: number): void {
  batch(() => {
    followed.value = milliseconds;
    zoom.value = null;
  });
}

/** Shows a stretch of time closely. */
export function zoomTo(range: Range): void {
  zoom.value = within(range, extent());
}

/** Shows `factor` times as much time. */
export function zoomBy(factor: number): void {
  zoomTo(zoomed(sight(), factor));
}

/** Shows what is later by this share of what is seen; earlier, if it is below 0. */
export function moveBy(share: number): void {
  zoomTo(moved(sight(), share));
}

/** Stops drawing, or goes on with it. */
export function togglePause(): void {
  pausedAt.value = pausedAt.value === null ? extent().to : null;
}

/** How many points have come since drawing was stopped. */
export function countSincePause(): number {
  const since = pausedAt.value ?? Infinity;
  return shownPoints().reduce(
    (count, { times }) =>
      count + times.length - (times.findLastIndex((time) => time <= since) + 1),
    0,
  );
}

/** From the first point to now, or to when drawing was stopped. */
function extent(): Range {
  const all = shownPoints();
  const first = Math.min(...all.map(({ times }) => times[0] ?? Infinity));
  // A clock that was set back has left points with times that are yet to come.
  const last = followed.value === Infinity
    ? Math.max(...all.map(({ times }) => times.at(-1) ?? 0))
    : 0;
  const to = pausedAt.value ?? Math.max(now.peek(), last);
  const from = Math.min(first, to - 1_000);
  return { from: first === Infinity ? to - EMPTY : from, to };
}

function shownPoints() {
  return series.value.flatMap(({ key }) => points.get(key) ?? []);
}

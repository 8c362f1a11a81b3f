/** What is in sight of a long list whose rows are equally high. */
export interface Sight {
  /** How far it is scrolled, in pixels. */
  top: number;
  /** How high the part is that can be seen, in pixels. */
  height: number;
  /** How high a row is, in pixels. */
  rowHeight: number;
}

/** Rows drawn above and below what is in sight, so that scrolling shows no gap. */
const MORE = 6;

/**
 * Finds the rows to draw.
 *
 * @returns The first one's index, and the one after the last.
 */
export function rowsInSight(
  { top, height, rowHeight }: Sight,
  count: number,
): [first: number, end: number] {
  if (rowHeight <= 0) return [0, Math.min(count, MORE)];
  const first = Math.floor(top / rowHeight) - MORE;
  const end = Math.ceil((top + height) / rowHeight) + MORE;
  return [
    Math.max(0, Math.min(first, count)),
    Math.max(0, Math.min(end, count)),
  ];
}

/** How far to scroll so that a row is in sight: as little as will do. */
export function scrollToRow(
  { top, height, rowHeight }: Sight,
  index: number,
): number {
  const upper = index * rowHeight;
  const lower = upper + rowHeight;
  if (upper < top) return upper;
  return lower > top + height ? lower - height : top;
}

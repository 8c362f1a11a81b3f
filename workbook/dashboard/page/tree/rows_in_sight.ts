import { useLayoutEffect, useRef, useState } from "../view.ts";

/** What is in sight of a long list whose rows are equally high. */
interface Sight {
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

/**
 * Follows what is in sight of a list: as it is scrolled, and as it or its rows change
 * their size.
 *
 * @returns The sight, and the references of the list and of one row, which is there
 *   only to be measured.
 */
export function useSight() {
  const list = useRef<HTMLDivElement>(null);
  const sample = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({
    top: 0,
    height: 0,
    rowHeight: 0,
  });
  useLayoutEffect(() => {
    const [box, row] = [list.current!, sample.current!];
    const look = () =>
      setSight({
        top: box.scrollTop,
        height: box.clientHeight,
        rowHeight: row.getBoundingClientRect().height,
      });
    const observer = new ResizeObserver(look);
    observer.observe(box);
    observer.observe(row);
    box.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);
  return { list, sample, sight };
}

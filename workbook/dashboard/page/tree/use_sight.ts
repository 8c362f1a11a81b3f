import type { Sight } from "./rows_in_sight.ts";
import { useLayoutEffect, useRef, useState } from "../view.ts";

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

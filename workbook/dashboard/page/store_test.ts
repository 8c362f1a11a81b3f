import { assertEquals } from "@std/assert";
import type { SeriesNews } from "../protocol.ts";
import { points, take } from "./store.ts";

/** Takes points, the values of which are their times. */
function takePoints(times: number[], isStart = false): void {
  const news: SeriesNews = {
    ...{ key: "s", isStart, times, values: times, leftOut: 0 },
  };
  take({
    ...{ type: "frame", number: 1, time: 0, total: 0, unlisted: 0 },
    series: [news],
  });
}

Deno.test("take() keeps points in the order of their times, whatever the clock does", () => {
  takePoints([3, 1, 2], true);
  assertEquals(points.get("s")?.times, [1, 2, 3]);
  takePoints([3, 5]);
  takePoints([4]);
  assertEquals(points.get("s")?.times, [1, 2, 3, 3, 4, 5]);
  assertEquals(points.get("s")?.values, [1, 2, 3, 3, 4, 5]);
  takePoints([]);
  assertEquals(points.get("s")?.times.length, 6);
});

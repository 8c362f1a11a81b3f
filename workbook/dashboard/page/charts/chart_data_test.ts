import { assert, assertEquals } from "@std/assert";
import {
  type Drawn,
  joined,
  nearestValue,
  statistics,
  visiblePoints,
} from "./chart_data.ts";

/** Ten points, 100 ms apart, from 0 to 900. */
const TEN: Drawn = {
  times: Array.from({ length: 10 }, (_, index) => index * 100),
  values: [5, 1, 4, null, 9, 2, 6, 3, 8, 7],
};

/** So many points, 1 ms apart, which are equal but for those that are named. */
function points(
  count: number,
  named: Record<number, number | null>,
  others = 0,
): Drawn {
  const values: (number | null)[] = Array(count).fill(others);
  for (const [index, value] of Object.entries(named)) {
    values[Number(index)] = value;
  }
  return { times: values.map((_, index) => index), values };
}

Deno.test("visiblePoints() takes a point more on each side", () => {
  assertEquals(visiblePoints(TEN, { from: 200, to: 450 }, 100), {
    times: [100, 200, 300, 400, 500],
    values: [1, 4, null, 9, 2],
  });
  assertEquals(visiblePoints(TEN, { from: -50, to: 5000 }, 100), TEN);
});

Deno.test("visiblePoints() thins out many points, and keeps extremes and gaps", () => {
  const all = points(10_000, { 0: 3, 4321: 99, 5678: -99, 7500: null });
  const { times, values } = visiblePoints(all, { from: 0, to: 9_999 }, 10);
  assert(times.length <= 5 * 11, `${times.length} points`);
  const value = (time: number) => values[times.indexOf(time)];
  assertEquals([0, 4321, 5678, 7500].map(value), [3, 99, -99, null]);
  assertEquals(times.at(-1), 9_999);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals(new Set(times).size, times.length);
});

Deno.test("visiblePoints() finds the extremes after a gap", () => {
  const extremes = (least: number, greatest: number, others: number) => {
    const named = { 0: null, 500: least, 600: greatest };
    const all = points(1_000, named, others);
    return visiblePoints(all, { from: 0, to: 999 }, 1).values.slice(0, 3);
  };
  assertEquals(extremes(7, 9, 8), [null, 7, 9]);
  assertEquals(extremes(-9, -7, -8), [null, -9, -7]);
});

Deno.test("joined() puts series side by side at the times of all", () => {
  const one = { times: [1, 2, 4], values: [10, null, 30] };
  const two = { times: [2, 3], values: [5, 6] };
  assertEquals(joined([one, two]), [
    [1, 2, 3, 4],
    [10, null, undefined, 30],
    [undefined, 5, 6, undefined],
  ]);
});

Deno.test("joined() keeps all points of one millisecond", () => {
  const one = { times: [1, 1, 1], values: [10, 20, 30] };
  const two = { times: [1, 2], values: [5, 6] };
  assertEquals(joined([one, two]), [
    [1, 1, 1, 2],
    [10, 20, 30, undefined],
    [5, undefined, undefined, 6],
  ]);
});

Deno.test("statistics() sums up what is in the range, without gaps", () => {
  assertEquals(statistics(TEN, { from: 200, to: 500 }), {
    last: 2,
    min: 2,
    max: 9,
    mean: 5,
  });
  assertEquals(statistics(TEN, { from: 250, to: 350 }), undefined);
  assertEquals(statistics(TEN, { from: 901, to: 950 }), undefined);
});

Deno.test("nearestValue() reads the point that is nearest", () => {
  const read = (time: number) => nearestValue(TEN, time);
  assertEquals([-70, 40, 60, 310, 5000].map(read), [5, 5, 1, null, 7]);
  assertEquals(nearestValue({ times: [], values: [] }, 5), undefined);
});

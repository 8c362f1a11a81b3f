import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { BoundedSeries, joinMeans, MOST_BUCKETS } from "./bounded_series.ts";

Deno.test("BoundedSeries keeps each value where there is room", () => {
  const series = new BoundedSeries();
  series.add(1002, 7);
  series.add(1000, 5);
  series.add(1002, 3);
  const one = { from: 1000, to: 1000, count: 1 };
  assertEquals(series.buckets(), [
    { ...one, mean: 5, least: 5, greatest: 5 },
    { from: 1002, to: 1002, count: 2, mean: 5, least: 3, greatest: 7 },
  ]);
});

Deno.test("BoundedSeries holds 512 buckets at most, and loses no value", () => {
  const orders = {
    forwards: (index: number) => index,
    backwards: (index: number) => 9999 - index,
    mixed: (index: number) => (index * 7919) % 10_000,
  };
  for (const order of Object.values(orders)) {
    const series = new BoundedSeries();
    for (let index = 0; index < 10_000; index++) {
      const value = order(index);
      series.add(1_764_000_000_000 + value * 5000, value);
    }
    const buckets = series.buckets();
    assert(buckets.length > MOST_BUCKETS / 4, `${buckets.length}`);
    assert(buckets.length <= MOST_BUCKETS, `${buckets.length}`);
    let next = 0;
    for (const { count, least, greatest, mean, from, to } of buckets) {
      assertEquals(least, next);
      assertEquals(greatest, next + count - 1);
      assertAlmostEquals(mean, (least + greatest) / 2);
      assertEquals(from, 1_764_000_000_000 + least * 5000);
      assertEquals(to, 1_764_000_000_000 + greatest * 5000);
      next += count;
    }
    assertEquals(next, 10_000);
  }
});

Deno.test("BoundedSeries takes any times, before 1970 too", () => {
  const series = new BoundedSeries();
  const times = [253_402_300_799_999, -62_135_596_800_000, 0, -1];
  for (const time of times) series.add(time, 1);
  const counts = series.buckets().map(({ count }) => count);
  assertEquals(counts.reduce((sum, count) => sum + count), times.length);
  assertEquals(series.buckets()[0]!.from, -62_135_596_800_000);
});

Deno.test("joinMeans() weighs groups, and never is infinite", () => {
  const mean = (count: number, mean: number) => ({ count, mean });
  assertEquals(joinMeans(mean(1, 20), mean(1, 23)), 21.5);
  assertEquals(joinMeans(mean(3, 0.1), mean(1, 0.1)), 0.1);
  assertEquals(joinMeans(mean(1, 0), mean(3, 4)), 3);
  const { MAX_VALUE } = Number;
  assertEquals(joinMeans(mean(1, MAX_VALUE), mean(1, -MAX_VALUE)), 0);
  assertEquals(joinMeans(mean(1, MAX_VALUE), mean(9, MAX_VALUE)), MAX_VALUE);
});

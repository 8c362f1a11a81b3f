import { assert, assertEquals } from "@std/assert";
import { Pauses } from "./pauses.ts";

/** Pauses of these lengths, the first of which begins at 1000. */
function pausesOf(lengths: Iterable<number>): Pauses {
  const pauses = new Pauses();
  let from = 1000;
  for (const length of lengths) {
    pauses.add({ length, from });
    from += length;
  }
  return pauses;
}

Deno.test("Pauses.median() is the lower one of two", () => {
  assertEquals(pausesOf([]).median(), undefined);
  assertEquals(pausesOf([7]).median(), 7);
  assertEquals(pausesOf([9, 1, 5]).median(), 5);
  assertEquals(pausesOf([9, 1, 5, 7]).median(), 5);
  assertEquals(pausesOf([0, 0, 9]).median(), 0);
});

Deno.test("Pauses.median() is exact where pauses are alike, and else right to 0.2 %", () => {
  for (
    const length of [1, 999, 1023, 1024, 5000, 7001, 1_800_000, 2 ** 45 - 1]
  ) {
    assertEquals(pausesOf([length, length, length]).median(), length);
    const spread = Array.from(
      { length: 101 },
      (_, index) => Math.round(length * (0.5 + index / 100)),
    );
    const exact = spread.toSorted((a, b) => a - b)[50]!;
    const median = pausesOf(spread).median()!;
    assert(Math.abs(median - exact) <= 0.002 * exact, `${median} ${exact}`);
  }
});

Deno.test("Pauses.gaps() counts what is longer than three times the median", () => {
  assertEquals(pausesOf([]).gaps(), 0);
  assertEquals(pausesOf([1000]).gaps(), 0);
  assertEquals(pausesOf([100, 100, 100, 300, 301, 5000]).gaps(), 2);
  assertEquals(pausesOf([5000, 5000, 5000, 15_000, 15_100]).gaps(), 1);
  assertEquals(pausesOf([5000, 5000, 5000]).limit(), 15_000);
});

Deno.test("Pauses.gaps() takes a median of nothing for a millisecond", () => {
  assertEquals(pausesOf([0, 0, 0, 1, 3, 4]).gaps(), 1);
});

Deno.test("Pauses.longest is the first of the longest, and when it began", () => {
  assertEquals(pausesOf([]).longest, undefined);
  assertEquals(pausesOf([5, 8, 8]).longest, { length: 8, from: 1005 });
});

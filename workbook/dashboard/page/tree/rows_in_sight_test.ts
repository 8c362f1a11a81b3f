import { assert, assertEquals } from "@std/assert";
import { rowsInSight, scrollToRow } from "./rows_in_sight.ts";

const SIGHT = { top: 1000, height: 200, rowHeight: 20 };

Deno.test("rowsInSight() draws what can be seen and little more", () => {
  const [first, end] = rowsInSight(SIGHT, 10_000);
  assert(first <= 50 && end >= 60, `rows ${first} to ${end}`);
  assert(end - first < 30, `rows ${first} to ${end}`);
});

Deno.test("rowsInSight() gives no row that there isn't", () => {
  assertEquals(rowsInSight({ ...SIGHT, top: 0 }, 3), [0, 3]);
  assertEquals(rowsInSight(SIGHT, 0), [0, 0]);
  // The list has got shorter, and isn't scrolled back yet.
  assertEquals(rowsInSight(SIGHT, 5), [5, 5]);
  const [first, end] = rowsInSight({ top: 0, height: 0, rowHeight: 0 }, 9999);
  assert(first === 0 && end < 20);
});

Deno.test("scrollToRow() scrolls as little as will do", () => {
  assertEquals(scrollToRow(SIGHT, 55), 1000);
  assertEquals(scrollToRow(SIGHT, 49), 980);
  assertEquals(scrollToRow(SIGHT, 60), 1020);
});

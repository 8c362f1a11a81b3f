import { assertEquals } from "@std/assert";
import { Ring } from "./ring.ts";

Deno.test("Ring keeps the last items, and counts all", () => {
  const ring = new Ring<number>(3);
  assertEquals(ring.since(0), { items: [], leftOut: 0 });
  for (const item of [1, 2]) ring.push(item);
  assertEquals(ring.since(0), { items: [1, 2], leftOut: 0 });
  for (const item of [3, 4, 5]) ring.push(item);
  assertEquals(ring.pushed, 5);
  assertEquals(ring.since(0), { items: [3, 4, 5], leftOut: 2 });
});

Deno.test("Ring.since() gives what was pushed after the first so many", () => {
  const ring = new Ring<number>(3);
  for (const item of [1, 2, 3, 4, 5]) ring.push(item);
  assertEquals(ring.since(4), { items: [5], leftOut: 0 });
  assertEquals(ring.since(5), { items: [], leftOut: 0 });
  assertEquals(ring.since(1, 2), { items: [4, 5], leftOut: 2 });
});

import { assertEquals } from "@std/assert";
import { Ring } from "./ring.ts";

Deno.test("Ring keeps the last items, and returns each that has to go", () => {
  const ring = new Ring<number>(3);
  const gone = [1, 2, 3, 4, 5].map((item) => ring.push(item));
  assertEquals(gone, [undefined, undefined, undefined, 1, 2]);
  assertEquals([ring.size, ring.pushed, ring.last], [3, 5, 5]);
  assertEquals(ring.since(0), { items: [3, 4, 5], leftOut: 2 });
});

Deno.test("Ring.since() gives what was pushed after the first so many", () => {
  const ring = new Ring<number>(3);
  for (const item of [1, 2, 3, 4, 5]) ring.push(item);
  assertEquals(ring.since(4), { items: [5], leftOut: 0 });
  assertEquals(ring.since(5), { items: [], leftOut: 0 });
  assertEquals(ring.since(1, 2), { items: [4, 5], leftOut: 2 });
  assertEquals(new Ring(1).since(0), { items: [], leftOut: 0 });
});

Deno.test("Ring.shift() takes the oldest, wherever it lies", () => {
  const ring = new Ring<number>(3);
  for (const item of [1, 2, 3, 4]) ring.push(item);
  assertEquals(ring.shift(), 2);
  assertEquals([ring.size, ring.last], [2, 4]);
  ring.push(5);
  ring.push(6);
  assertEquals(ring.since(0), { items: [4, 5, 6], leftOut: 3 });
  for (const item of [4, 5, 6, undefined]) assertEquals(ring.shift(), item);
  assertEquals(ring.last, undefined);
});

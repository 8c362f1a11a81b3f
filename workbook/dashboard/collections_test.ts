import { assertEquals } from "@std/assert";
import { Ring, Turns } from "./collections.ts";

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

Deno.test("Turns.next() gives each item in turn, while they come and go", () => {
  const turns = new Turns<string>();
  assertEquals(turns.next(), undefined);
  for (const item of ["a", "b", "c"]) turns.add(item);
  assertEquals([turns.next(), turns.next()], ["a", "b"]);
  turns.delete("a");
  turns.add("a");
  assertEquals([turns.next(), turns.next(), turns.next()], ["c", "a", "b"]);
  for (const item of ["a", "b", "c"]) turns.delete(item);
  assertEquals(turns.next(), undefined);
  turns.add("d");
  assertEquals([turns.next(), turns.next()], ["d", "d"]);
});

import { assertEquals } from "@std/assert";
import { Turns } from "./turns.ts";

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

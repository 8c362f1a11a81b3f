import { assertEquals } from "@std/assert";
import { remember } from "./remember.ts";

Deno.test("remember() forgets what was set the longest time ago", () => {
  const map = new Map<string, number>();
  for (let key = 0; key < 10_000; key++) remember(map, `${key}`, key);
  remember(map, "0", 0);
  remember(map, "new", 1);
  assertEquals(map.size, 10_000);
  assertEquals([map.has("0"), map.has("1"), map.has("new")], [
    true,
    false,
    true,
  ]);
});

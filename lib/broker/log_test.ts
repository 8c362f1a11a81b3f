import { assertEquals } from "@std/assert";
import { createMinuteLog, remember } from "./log.ts";

Deno.test("createMinuteLog() passes on a line a key and minute, and counts the others", () => {
  let time = 0;
  const lines: string[] = [];
  const report = createMinuteLog((line) => lines.push(line), () => time);
  report("a", "A 1");
  report("b", "B 1");
  for (time of [1_000, 30_000, 59_999]) report("a", `A at ${time}`);
  time = 60_000;
  report("a", "A 2");
  report("b", "B 2");
  assertEquals(lines, [
    "A 1",
    "B 1",
    "A 2 (3 more since the last line)",
    "B 2",
  ]);
});

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

import { assertEquals } from "@std/assert";
import { matchesFilter } from "./matches_filter.ts";

Deno.test("matchesFilter() tells which topics a filter is for", () => {
  const cases: [filter: string, topic: string, matches: boolean][] = [
    ["a/b", "a/b", true],
    ["a/b", "a/c", false],
    ["a", "a/b", false],
    ["a/b", "a", false],
    ["a/+", "a/b", true],
    ["a/+", "a/", true],
    ["a/+", "a/b/c", false],
    ["+/+", "/", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["#", "a/b", true],
    ["#", "$SYS/uptime", false],
    ["+/uptime", "$SYS/uptime", false],
    ["$SYS/#", "$SYS/uptime", true],
  ];
  for (const [filter, topic, expected] of cases) {
    assertEquals([filter, topic, matchesFilter(filter, topic)], [
      filter,
      topic,
      expected,
    ]);
  }
});

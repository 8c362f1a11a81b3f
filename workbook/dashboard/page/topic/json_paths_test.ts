import { assertEquals } from "@std/assert";
import { numberAt } from "../../number_at.ts";
import { memberCount, membersOf } from "./json_paths.ts";

Deno.test("membersOf() gives members and elements with their paths", () => {
  assertEquals(membersOf({ a: 1, "b.c": 2 }, "$"), [
    { name: "a", path: "$.a", value: 1 },
    { name: "b.c", path: '$["b.c"]', value: 2 },
  ]);
  assertEquals(membersOf([true, null], "$.x", 1), [
    { name: 0, path: "$.x[0]", value: true },
  ]);
  assertEquals(membersOf("text", "$"), []);
  assertEquals(membersOf(null, "$"), []);
});

Deno.test("membersOf() gives paths that the server finds the number at", () => {
  const names = [
    "a",
    "a b",
    "b.c",
    "d[0]",
    '"',
    "\\",
    "é",
    "",
    "__proto__",
    "0",
  ];
  const text = `{${names.map((name) => `${JSON.stringify(name)}:[7]`)}}`;
  for (const { path, value } of membersOf(JSON.parse(text), "$")) {
    const [element] = membersOf(value, path);
    const read = numberAt(element!.path);
    assertEquals(read?.(new TextEncoder().encode(text)), 7, path);
  }
  assertEquals(membersOf(JSON.parse(text), "$").length, names.length);
});

Deno.test("memberCount() counts what a value has, if it can have any", () => {
  assertEquals([[], [1], {}, { a: 1 }, null, "ab", 1].map(memberCount), [
    0,
    1,
    0,
    1,
    undefined,
    undefined,
    undefined,
  ]);
});

import { assertEquals } from "@std/assert";
import { memberCount, membersOf, numberAt } from "./json_paths.ts";

const CASES: [path: string, payload: string, number: number | undefined][] = [
  ["$", "21.5", 21.5],
  ["$", " -3e2\n", -300],
  ["$", "0x10", undefined],
  ["$", "", undefined],
  ["$", "on", undefined],
  ["$", "1e999", undefined],
  ["$.value", '{"value": 7}', 7],
  ["$.value", '{"value": "7"}', undefined],
  ["$.value", '{"value": 7', undefined],
  ["$.value", "7", undefined],
  ["$.a[1].b", '{"a": [0, {"b": -1}]}', -1],
  ["$[0]", "[5]", 5],
  ["$[1]", "[5]", undefined],
  ['$["a.b"]', '{"a.b": 2}', 2],
  ['$["\\u00e9\\n\x80"]', '{"é\\n\x80": 2}', 2],
  ["$.__proto__", "{}", undefined],
  ["$.__proto__.x", '{"__proto__": {"x": 1}}', 1],
  ["$.constructor.length", "{}", undefined],
  ["$.length", "[1, 2]", 2],
  ["$.a.length", '{"a": "text"}', undefined],
];

Deno.test("numberAt() reads the number at a path", () => {
  for (const [path, payload, number] of CASES) {
    const read = numberAt(path)!;
    assertEquals(read(new TextEncoder().encode(payload)), number, path);
  }
  const invalid = new Uint8Array([0x31, 0xff]);
  assertEquals(numberAt("$")!(invalid), undefined);
});

Deno.test("numberAt() takes no path that isn't one", () => {
  const unquoted = ["", "value", "$.", "$..a", "$[x]", "$.a b[", '$["a]'];
  const quoted = ['$["\\q"]', '$["\\u12"]', '$["\n"]', '$["\u0000"]'];
  for (const path of [...unquoted, ...quoted]) {
    assertEquals(numberAt(path), undefined, path);
  }
});

Deno.test("numberAt() looks into nothing that is too long for a reading", () => {
  const long = `{"value": 1, "more": "${"x".repeat(70_000)}"}`;
  assertEquals(numberAt("$.value")!(new TextEncoder().encode(long)), undefined);
});

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

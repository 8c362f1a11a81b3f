import { assertEquals } from "@std/assert";
import { numberAt } from "./number_at.ts";

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

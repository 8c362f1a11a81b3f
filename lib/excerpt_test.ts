import { assertEquals } from "@std/assert";
import { excerpt } from "./excerpt.ts";

Deno.test("excerpt() quotes a text, on one line and not more than it holds", () => {
  assertEquals(excerpt("21.5"), '"21.5"');
  assertEquals(excerpt(""), '""');
  assertEquals(excerpt('a"b\\c'), '"a\\"b\\\\c"');
  assertEquals(excerpt("\x1b[2J\r\n\u202e"), '"\\x1b[2J\\r\\n\\u202e"');
  assertEquals(excerpt("x".repeat(61)), `"${"x".repeat(60)}…"`);
});

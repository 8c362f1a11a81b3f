import { assertEquals } from "@std/assert";
import { columns, widthOfFigures } from "./columns.ts";

Deno.test("columns() reckons with characters that take two columns", () => {
  assertEquals(
    columns([["교실", "1", "x"], ["iot/a", "234", "yy"], ["", ""]]),
    [
      "교실     1   x",
      "iot/a  234  yy",
      "",
    ],
  );
});

Deno.test("columns() breaks the first column where a line has an end", () => {
  assertEquals(columns([["iot/교실/temp", "1"], ["a b", "22"]], 10), [
    "iot/교   1",
    "실/tem",
    "p",
    "a b     22",
  ]);
});

Deno.test("columns() lets no cell break a line or move the cursor", () => {
  assertEquals(columns([["a\n\x1b[2J", "\u202e1"]]), [
    "a\\n\\x1b[2J  \\u202e1",
  ]);
});

Deno.test("widthOfFigures() counts all columns but the first", () => {
  assertEquals(widthOfFigures([["iot/temp", "1", "온도"], ["", "234"]]), 11);
});

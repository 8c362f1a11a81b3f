import { assertEquals } from "@std/assert";
import { parseDecimal } from "./decimal.ts";

Deno.test("parseDecimal() reads decimal numbers and nothing else", () => {
  const numbers = { "21": 21, "-0.5": -0.5, "+1.": 1, ".5": 0.5, "1e3": 1000 };
  for (const [text, number] of Object.entries(numbers)) {
    assertEquals(parseDecimal(text), number);
  }
  assertEquals(parseDecimal("1e999"), Infinity);
  for (const text of ["", " ", "1 ", "0x10", "Infinity", "1,5", "1_000", "."]) {
    assertEquals(parseDecimal(text), NaN);
  }
});

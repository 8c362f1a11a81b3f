import { assertEquals } from "@std/assert";
import { displayWidth, wrap } from "./wrap.ts";

Deno.test("displayWidth() counts the columns that a terminal needs", () => {
  const widths: [string, number][] = [
    ["", 0],
    ["Reçu: é", 7],
    ["e\u0301", 1],
    ["안녕", 4],
    ["你好", 4],
    ["🙂", 2],
    ["👨‍👩‍👧", 2],
    ["✓ → … ░█", 8],
  ];
  for (const [text, width] of widths) {
    assertEquals(displayWidth(text), width, text);
  }
});

Deno.test("wrap() breaks a line at its blanks", () => {
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  assertEquals(wrap("one  two", 8), ["one  two"]);
  assertEquals(wrap("", 8), [""]);
  assertEquals(wrap("안녕 하세요", 8), ["안녕", "하세요"]);
});

Deno.test("wrap() breaks a word that is too long for a line", () => {
  assertEquals(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
  assertEquals(wrap("a 안녕하세요", 5), ["a", "안녕", "하세", "요"]);
});

Deno.test("wrap() indents the lines that follow as deep as the first, or deeper", () => {
  assertEquals(wrap("  one two", 5), ["  one", "  two"]);
  assertEquals(wrap("✓ one two", 6, 2), ["✓ one", "  two"]);
});

Deno.test("wrap() comes to an end on a terminal that is too narrow", () => {
  assertEquals(wrap("    안녕", 1), ["안", "녕"]);
});

import { assertEquals, assertMatch } from "@std/assert";
import { excerpt, printable, printableLines } from "./printable.ts";
import { UNPRINTABLE } from "../testing/unprintable.ts";

Deno.test("printable() shows what would move the cursor, turn the line round or stay unseen, and leaves all else", () => {
  const texts = {
    "\t\tReçu: 안녕 🙂\n\x1b[2Jx\r\x07\x9b":
      "\\t\\tReçu: 안녕 🙂\\n\\x1b[2Jx\\r\\x07\\x9b",
    "a\u202eb\u2066c\u2028d\u200fe": "a\\u202eb\\u2066c\\u2028d\\u200fe",
    "a\xadb\u200bc\ufeffd\u{e0041}e\ud800f\u0600":
      "a\\xadb\\u200bc\\ufeffd\\u{e0041}e\\ud800f\\u0600",
  };
  for (const [text, shown] of Object.entries(texts)) {
    assertEquals(printable(text), shown);
  }
});

Deno.test("printable() leaves the joiner between emoji, and shows any other", () => {
  const pictures = "👩‍👩‍👧 👩🏽‍💻 🏳️‍🌈 ❤️‍🔥";
  assertEquals(pictures.split("\u200d").length, 6);
  assertEquals(printable(pictures), pictures);
  assertEquals(
    printable("a\u200db 1\u200d2 🙂\u200d \u200d🙂 🙂\u200d\u200d🙂"),
    "a\\u200db 1\\u200d2 🙂\\u200d \\u200d🙂 🙂\\u200d\\u200d🙂",
  );
});

Deno.test("printable() leaves nothing of Unicode's controls and formats", () => {
  const all = [...UNPRINTABLE, "\ud800", "\udfff"];
  const shown = all.map((character) => printable(`(${character})`));
  for (const text of shown) assertMatch(text, /^\(\\[\w{}]+\)$/);
  assertEquals(new Set(shown).size, all.length);
});

Deno.test("printable() leaves alone what it has given", () => {
  const once = printable("\x1b[31mred\n");
  assertEquals(printable(once), once);
});

Deno.test("printableLines() keeps line breaks, and no other control character", () => {
  assertEquals(printableLines("one\r\n\ttwo\n"), "one\\r\n\\ttwo\n");
});

Deno.test("excerpt() quotes a text, on one line and not more than it holds", () => {
  assertEquals(excerpt("21.5"), '"21.5"');
  assertEquals(excerpt(""), '""');
  assertEquals(excerpt('a"b\\c'), '"a\\"b\\\\c"');
  assertEquals(excerpt("\x1b[2J\r\n\u202e"), '"\\x1b[2J\\r\\n\\u202e"');
  assertEquals(excerpt("x".repeat(61)), `"${"x".repeat(60)}…"`);
});

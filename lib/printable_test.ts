import { assertEquals, assertMatch } from "@std/assert";
import { printable, printableLines } from "./printable.ts";
import { UNPRINTABLE } from "../testing/unprintable.ts";

Deno.test("printable() shows what would move the cursor, and leaves all else", () => {
  assertEquals(
    printable("\t\tReçu: 안녕 🙂\n\x1b[2Jx\r\x07\x9b"),
    "\\t\\tReçu: 안녕 🙂\\n\\x1b[2Jx\\r\\x07\\x9b",
  );
});

Deno.test("printable() shows what would turn the line round", () => {
  assertEquals(
    printable("a\u202eb\u2066c\u2028d\u200fe"),
    "a\\u202eb\\u2066c\\u2028d\\u200fe",
  );
});

Deno.test("printable() shows what can't be seen", () => {
  assertEquals(
    printable("a\xadb\u200bc\ufeffd\u{e0041}e\ud800f\u0600"),
    "a\\xadb\\u200bc\\ufeffd\\u{e0041}e\\ud800f\\u0600",
  );
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

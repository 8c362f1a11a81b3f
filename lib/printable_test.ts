import { assertEquals } from "@std/assert";
import { printable, printableLines } from "./printable.ts";

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

Deno.test("printable() leaves alone what it has given", () => {
  const once = printable("\x1b[31mred\n");
  assertEquals(printable(once), once);
});

Deno.test("printableLines() keeps line breaks, and no other control character", () => {
  assertEquals(printableLines("one\r\n\ttwo\n"), "one\\r\n\\ttwo\n");
});

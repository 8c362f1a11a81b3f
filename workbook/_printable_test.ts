import { assertEquals } from "@std/assert";
import { printable } from "./_printable.ts";

Deno.test("printable() shows what would move the cursor, and leaves all else", () => {
  assertEquals(
    printable("\t\tReçu: 안녕 🙂\n\x1b[2Jx\r\x07\x9b"),
    "\\t\\tReçu: 안녕 🙂\n\\x1b[2Jx\\r\\x07\\x9b",
  );
});

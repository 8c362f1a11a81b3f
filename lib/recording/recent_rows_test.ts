import { assertEquals } from "@std/assert";
import { RecentRows } from "./recent_rows.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";

Deno.test("RecentRows knows the latest 100,000 rows, and forgets", () => {
  const rows = new RecentRows();
  for (let row = 0; row < 250_000; row++) {
    assertEquals(rows.add(`${row}`), true);
  }
  for (let row = 150_000; row < 250_000; row++) {
    assertEquals(rows.add(`${row}`), false);
  }
  assertEquals(rows.add("0"), true);
});

Deno.test("RecentRows knows whole rows at the end of a large file", async () => {
  await using temporary = await temporaryFile();
  const row = (number: number) => `2026-11-21 09:30:00.123456,iot/x,${number}`;
  const rows = Array.from({ length: 500_000 }, (_, number) => row(number));
  await Deno.writeTextFile(temporary.file, `${rows.join("\r\n")}\r\ntorn`);
  const recent = new RecentRows();
  await recent.load(temporary.file);
  assertEquals(recent.add(`${row(499_999)}\r\n`), false);
  assertEquals(recent.add(`${row(420_000)}\r\n`), false);
  assertEquals(recent.add(`${row(0)}\r\n`), true);
  assertEquals(recent.add("torn\r\n"), true);
});

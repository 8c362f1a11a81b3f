import { assertEquals } from "@std/assert";
import { readRows, type Row } from "./read_rows.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A file that gives so many bytes at each read. */
function fileOf(text: string, most: number) {
  let rest = bytes(text);
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      if (rest.length === 0) return Promise.resolve(null);
      const part = rest.subarray(0, most);
      rest = rest.subarray(part.length);
      buffer.set(part);
      return Promise.resolve(part.length);
    },
  };
}

async function rowsOf(text: string, most = 1000): Promise<Row[]> {
  return (await Array.fromAsync(readRows(fileOf(text, most)))).flat();
}

const ROW = "2026-11-21 09:30:00.123456,교실/temp,";
const TIME = {
  time: new Date(2026, 10, 21, 9, 30, 0, 123),
  timeText: "2026-11-21 09:30:00.123456",
};

Deno.test("readRows() gives values as they are written, wherever reads end", async () => {
  const text = `\ufefftime,topic,value\n${ROW}on\r\n\n${ROW}9007199254740993\n`;
  const row = { ...TIME, topic: "교실/temp", torn: undefined };
  for (const most of [1, 2, 3, 7, 1000]) {
    assertEquals(await rowsOf(text, most), [
      { ...row, value: "on", line: 2 },
      { ...row, value: "9007199254740993", line: 4 },
    ]);
  }
});

Deno.test("readRows() says what is wrong with a row, and whether it is torn", async () => {
  assertEquals(await rowsOf(`${ROW}1\nnoise\nyesterday,a,1\n${ROW}2`), [
    {
      ...{ ...TIME, topic: "교실/temp", value: "1" },
      ...{ line: 1, torn: undefined },
    },
    {
      reason: 'Row has 1 field instead of 3: "noise"',
      ...{ line: 2, torn: undefined },
    },
    { reason: 'Time is not valid: "yesterday"', line: 3, torn: undefined },
    {
      ...{ ...TIME, topic: "교실/temp", value: "2" },
      ...{ line: 4, torn: `${ROW}2` },
    },
  ]);
});

Deno.test("readRows() gives a batch for each read, and none without rows", async () => {
  const row = `${ROW}1\n`;
  const file = fileOf(row.repeat(6) + "\n".repeat(200), 2 * bytes(row).length);
  const batches = await Array.fromAsync(readRows(file));
  assertEquals(batches.map((rows) => rows.length), [2, 2, 2]);
});

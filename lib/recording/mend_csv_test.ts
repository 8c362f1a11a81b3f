import { assert, assertEquals } from "@std/assert";
import { mendCsv } from "./mend_csv.ts";
import { RecordingError } from "../recording_error.ts";
import { rejection } from "../../testing/deadline.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { test, times } from "../../testing/test.ts";

const encoder = new TextEncoder();

/** Writes a file, mends it, and returns what is in it then. */
async function mended(
  content: string | Uint8Array,
): Promise<{ text: string; lines: string[] }> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/x.csv`;
  if (typeof content === "string") await Deno.writeTextFile(path, content);
  else await Deno.writeFile(path, content);
  const lines: string[] = [];
  await mendCsv(path, (line) => lines.push(line.replace(path, "FILE")));
  return { text: await Deno.readTextFile(path), lines };
}

Deno.test("mendCsv() leaves whole rows, wherever a crash cut the file", async () => {
  const rows = [
    "2026-11-21 09:30:00.123456,iot/user1/temp,21.5\r\n",
    '2026-11-21 09:30:01.000000,"iot/a,""b""",-0\r\n',
    "2026-11-21 09:30:02.000001,iot/온도,1e+21\n",
    '2026-11-21T09:30:03.000001+09:00,"iot/\r\n2026-11-21 09:30:04,x,1\r\ny",7\r\n',
    '2026-11-21 09:30:05,5" pipe,3.0\n',
  ];
  const bytes = encoder.encode(rows.join(""));
  const ends = rows.map((_, index) =>
    encoder.encode(rows.slice(0, index + 1).join("")).length
  );
  await Promise.all(times(bytes.length + 1, async (cut) => {
    const { text, lines } = await mended(bytes.subarray(0, cut));
    const whole = ends.filter((end) => end <= cut).length;
    assertEquals(text, rows.slice(0, whole).join(""), `cut at ${cut}`);

    const torn = bytes.subarray(ends[whole - 1] ?? 0, cut);
    const quoted = JSON.stringify(new TextDecoder().decode(torn));
    const line = `Mended "FILE": removed its torn last row ${quoted}`;
    assertEquals(lines, torn.length > 0 ? [line] : []);
  }));
});

Deno.test("mendCsv() ends a last line that is no torn row", async () => {
  assertEquals(await mended("time,topic,value"), {
    text: "time,topic,value\r\n",
    lines: ['Mended "FILE": ended its last line "time,topic,value"'],
  });
});

test.folder("mendCsv() refuses to remove what it can't have torn", async (folder) => {
  const path = `${folder}/x.csv`;
  const time = "2026-11-21 09:30:00.123456";
  const cases = [
    `${time},${"x".repeat(5_000)},1`,
    `${"x".repeat(5_000)}`,
    'topic,"value',
    `${time},"iot/x,21.5\n` + `${time},iot/x,21.5\n`.repeat(20_000),
  ];
  for (const content of cases) {
    await Deno.writeTextFile(path, content);
    const mending = mendCsv(path, () => {});
    const words = " are no torn reading: mend";
    const { message } = await rejection(mending, RecordingError, words);
    assert(message.startsWith(`Last row of "${path}" has no end`));
    assertEquals(await Deno.readTextFile(path), content);
  }
});

Deno.test("mendCsv() finds the torn row of a file of many megabytes", async () => {
  const row = '2026-11-21 09:30:00.123456,"iot/\n,",21.5\r\n';
  for (const content of [row, row.replaceAll('"', "").replace("\n,", "")]) {
    const whole = content.repeat(100_000);
    const { text, lines } = await mended(`${whole}2026-11-2`);
    assert(text === whole, "whole rows stay");
    assertEquals(lines, [
      'Mended "FILE": removed its torn last row "2026-11-2"',
    ]);
  }
});

test.folder("mendCsv() removes no half of a row that another program goes on with", async (folder) => {
  const path = `${folder}/x.csv`;
  const [half, rest] = ["2026-11-21 09:30:00.123456,iot/x", ",21.5\r\n"];
  using file = await Deno.open(path, { append: true, create: true });
  file.writeSync(encoder.encode(half));
  const lines: string[] = [];
  let isMended = false;
  const mending = mendCsv(path, (line) => lines.push(line))
    .finally(() => isMended = true);
  let rows = 0;
  for (; !isMended; rows++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    file.writeSync(encoder.encode(rest + half));
  }
  await mending;
  assertEquals(
    await Deno.readTextFile(path),
    (half + rest).repeat(rows) + half,
  );
  assertEquals(lines, []);
});

import { assert, assertEquals } from "@std/assert";
import {
  type Reading,
  readReadings,
  type ReadReadingsOptions,
} from "./readings.ts";
import { RecordingError } from "./recording_error.ts";
import { rejection } from "../testing/deadline.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";
import { test } from "../testing/test.ts";

/** Reads a text as if it were in the file `FILE`. */
async function read(
  text: string,
  options: ReadReadingsOptions = {},
): Promise<Reading[]> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/x.csv`;
  await Deno.writeTextFile(path, text);
  try {
    return await Array.fromAsync(readReadings(path, options));
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new RecordingError("FILE", error.message.replace(path, "FILE"));
  }
}

const ROW = "2026-11-21 09:30:00.123456,iot/x,21.5";
const READING: Reading = {
  time: new Date(2026, 10, 21, 9, 30, 0, 123),
  topic: "iot/x",
  value: 21.5,
};

Deno.test("readReadings() accepts CRLF, LF, a header, a BOM and blank lines", async () => {
  for (
    const text of [
      `${ROW}\r\n${ROW}\r\n`,
      `${ROW}\n${ROW}\n`,
      `\ufefftime,topic,value\r\n${ROW}\r\n${ROW}\r\n`,
      `\n"시간","토픽, 이름","값"\n\n${ROW}\n\r\n${ROW}\n\n`,
      `\ufeff${ROW}\n"2026-11-21 09:30:00.123456","iot/x","21.50"\n`,
    ]
  ) assertEquals(await read(text), [READING, READING], JSON.stringify(text));
  assertEquals(await read(""), []);
  assertEquals(await read("time,topic,value"), []);
});

Deno.test("readReadings() reads RFC 3339 and what Python wrote", async () => {
  assertEquals(
    await read(
      "2026-11-21T09:30:00.123456+09:00,a,-0\n" +
        '2026-11-21 09:30:00,iot/5" pipe,1e+21\n',
    ),
    [
      { time: new Date("2026-11-21T00:30:00.123Z"), topic: "a", value: -0 },
      {
        time: new Date(2026, 10, 21, 9, 30),
        topic: 'iot/5" pipe',
        value: 1e21,
      },
    ],
  );
});

Deno.test("readReadings() names the file and the line of what isn't a reading", async () => {
  const twoLines = '2026-11-21 09:30:00,"iot/\nx",1\r\n';
  for (
    const [row, reason] of [
      ["noise", 'Row has 1 field instead of 3: "noise"'],
      [`${ROW},5`, `Row has 4 fields instead of 3: "${ROW},5"`],
      ["time,topic,value", 'Time is not valid: "time"'],
      ["2026-02-30 09:30:00,a,1", 'Time is not valid: "2026-02-30 09:30:00"'],
      ["2026-11-21 09:30:00,a,", 'Value is not a number: ""'],
      ["2026-11-21 09:30:00,a,nan", 'Value is not a number: "nan"'],
      ["2026-11-21 09:30:00,a,1e999", 'Value is not a number: "1e999"'],
      ["2026-11-21 09:30:00,a,0x1", 'Value is not a number: "0x1"'],
      ['"a"b,c,1', 'Row has 1 field instead of 3: "\\"a\\"b,c,1"'],
    ]
  ) {
    const reading = read(`${twoLines}${twoLines}${row}\n${ROW}\n`);
    const error = await rejection(reading, RecordingError);
    assertEquals(error.message, `FILE:5: ${reason}`);
  }
});

Deno.test("readReadings() skips what isn't a reading with onInvalid", async () => {
  const invalid: number[] = [];
  const onInvalid = (line: number) => invalid.push(line);
  const text = [ROW, "noise", ROW, `2026-11-21 09:30:00,"a,1`, ROW, ROW, "2026"]
    .join("\n");
  assertEquals(await read(text, { onInvalid }), Array(4).fill(READING));
  assertEquals(invalid, [2, 4, 7]);
});

Deno.test("readReadings() takes no last row without a line end, wherever it was torn", async () => {
  for (let length = 1; length <= ROW.length; length++) {
    const text = `${ROW}\r\n${ROW.slice(0, length)}`;
    const invalid: number[] = [];
    const onInvalid = (line: number) => invalid.push(line);
    assertEquals(await read(text, { onInvalid }), [READING], text);
    assertEquals(invalid, [2], text);
  }
  const error = await rejection(read(`${ROW}\r\n${ROW}`), RecordingError);
  const expected = `FILE:2: Row has no line end, as if torn: "${ROW}"`;
  assertEquals(error.message, expected);
});

Deno.test("readReadings() loses one line to a quote that is never closed", async () => {
  const invalid: number[] = [];
  const rows = `${ROW}\n`.repeat(50_000);
  const readings = await read(
    `${ROW}\n2026-11-21 09:30:00,"a,1\n${rows}`,
    { onInvalid: (line) => invalid.push(line) },
  );
  assertEquals(readings.length, 50_001);
  assertEquals(invalid, [2]);
});

Deno.test("readReadings() reads a file larger than its buffer, topics and all", async () => {
  const topic = "온도/\r\n".repeat(9_000);
  const text = `2026-11-21 09:30:00.123456,"${topic}",21.5\r\n`.repeat(50);
  const readings = await read(text);
  assertEquals(readings.length, 50);
  for (const reading of readings) assert(reading.topic === topic);
});

test.folder("readReadings() closes its file when the reader leaves early", async (folder) => {
  const path = `${folder}/x.csv`;
  await Deno.writeTextFile(path, `${ROW}\n`.repeat(20_000));
  for await (const reading of readReadings(path)) {
    assertEquals(reading, READING);
    break;
  }
});

test.folder("readReadings() says what it can't read", async (folder) => {
  for (
    const [path, message] of [
      [`${folder}/x.csv`, `File "${folder}/x.csv" does not exist`],
      [folder, `"${folder}" is a folder, not a file`],
    ] as const
  ) {
    const attempt = Array.fromAsync(readReadings(path));
    const error = await rejection(attempt, RecordingError);
    assertEquals(error.message, message);
    assertEquals(error.path, path);
  }
});

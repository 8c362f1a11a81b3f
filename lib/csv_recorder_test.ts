import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { stringify } from "@std/csv";
import { setImmediate } from "node:timers/promises";
import { CsvRecorder, type CsvRecorderOptions } from "./csv_recorder.ts";
import { Message } from "./message.ts";
import { type Reading, readReadings } from "./readings.ts";
import { RecordingError } from "./recording_error.ts";
import { logged, times } from "../testing/test.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";

/** A recorder on a new file, what it has logged, and what the file holds. */
interface Recording extends AsyncDisposable {
  recorder: CsvRecorder;
  lines: string[];
  path: string;
  readings: () => Promise<Reading[]>;
}

async function record(options: CsvRecorderOptions = {}): Promise<Recording> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/sensorvalues.csv`;
  const { lines, log } = logged();
  const recorder = await CsvRecorder.open(path, { log, ...options });
  return {
    recorder,
    lines,
    path,
    readings: () => Array.fromAsync(readReadings(path)),
    [Symbol.asyncDispose]: async () => {
      await recorder.close().catch(() => {});
      await folder[Symbol.asyncDispose]();
    },
  };
}

const test = {
  /** With a recording, which ends with it. */
  recording(name: string, run: (recording: Recording) => Promise<void>): void {
    Deno.test(name, async () => {
      await using recording = await record();
      await run(recording);
    });
  },
};

test.recording("CsvRecorder appends rows as the document's program does", async ({ recorder, path, readings }) => {
  const before = new Date();
  recorder.record(Message.from("iot/user1/temp", "21.50"));
  await recorder.close();

  const text = await Deno.readTextFile(path);
  assertMatch(
    text,
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6},iot\/user1\/temp,21\.5\r\n$/,
  );
  const [reading] = await readings();
  assert(reading && before <= reading.time && reading.time <= new Date());
  assertEquals(recorder.rows, 1);
});

Deno.test("CsvRecorder reads back identical, whatever the topic and number", async () => {
  await using recording = await record({ time: "rfc3339" });
  const topics = ["a,b", 'say "hi"', "l\ni\r\nne", "\r", '"', " 온도 ", "a\r"];
  const values = [0, -0, 1e21, 5e-324, -1.7976931348623157e308, 0.1 + 0.2, 21];
  for (const [index, topic] of topics.entries()) {
    recording.recorder.record(Message.from(topic, String(values[index])));
  }
  recording.recorder.record(Message.from("zero", "-0"));
  await recording.recorder.close();

  const readings = await recording.readings();
  assertEquals(readings.map(({ topic }) => topic), [...topics, "zero"]);
  const texts = readings.map(({ value }) => String(value));
  assertEquals(texts, [...values.map(String), "0"]);
  assert(Object.is(readings.at(-1)?.value, -0), "the sign of zero");
  const text = await Deno.readTextFile(recording.path);
  const times = text.match(/....-..-..T..:..:..\.......[+-]..:../g) ?? [];
  assertEquals(
    text,
    stringify(readings.map(({ topic, value }, index) => [
      times[index],
      topic,
      Object.is(value, -0) ? "-0" : value,
    ])),
  );
});

test.recording("CsvRecorder.record() writes a turn's messages of QoS 0 together", async ({ recorder, path, readings }) => {
  for (let value = 0; value < 1_000; value++) {
    assertEquals(recorder.record(Message.from("iot/x", `${value}`)), undefined);
  }
  assertEquals(Deno.statSync(path).size, 0, "nothing before the turn ends");
  assertEquals(recorder.rows, 0);
  await setImmediate();
  assertEquals((await readings()).length, 1_000);
  assertEquals(recorder.rows, 1_000);
});

test.recording("CsvRecorder.record() holds 256 kB of rows at most", async ({ readings, recorder, path }) => {
  for (let value = 0; value < 25_000; value++) {
    recorder.record(Message.from("iot/x", `${value}`));
  }
  const { size } = Deno.statSync(path);
  await recorder.close();
  const held = Deno.statSync(path).size - size;
  assert(held <= 256 * 1024, `${held} bytes were held`);
  const values = (await readings()).map(({ value }) => value);
  assertEquals(values, times(25_000, (index) => index));
});

test.recording("CsvRecorder.record() gives each row a later time than the one before, at each QoS", async ({ recorder, path }) => {
  const message = Message.from("iot/x", "1");
  for (let turn = 0; turn < 100; turn++) {
    for (let count = 0; count < 200; count++) recorder.record(message);
    for (const qos of [1, 2] as const) {
      await recorder.record(Message.from("iot/x", "1", { qos }));
    }
  }
  await recorder.close();
  const rows = (await Deno.readTextFile(path)).trimEnd().split("\r\n");
  const seen = rows.map((row) => row.split(",")[0]!);
  assertEquals(seen.length, 20_200);
  assertEquals(seen.findIndex((time, index) => time <= seen[index - 1]!), -1);
});

test.recording("CsvRecorder.record() resolves at QoS 1 and 2 once the row is in the file", async ({ recorder, readings }) => {
  recorder.record(Message.from("iot/x", "0"));
  await recorder.record(Message.from("iot/x", "1", { qos: 1 }));
  assertEquals((await readings()).map(({ value }) => value), [0, 1]);
  await recorder.record(Message.from("iot/x", "2", { qos: 2 }));
  assertEquals((await readings()).length, 3);
  assertEquals(recorder.rows, 3);
});

test.recording("CsvRecorder.record() is bound to its recorder", async ({ recorder }) => {
  const { record: onMessage } = recorder;
  await Promise.all(
    [Message.from("iot/x", "1"), Message.from("iot/x", "2", { qos: 1 })]
      .map(onMessage),
  );
  assertEquals(recorder.rows, 2);
});

test.recording("CsvRecorder counts and reports payloads that aren't numbers", async ({ recorder, lines, readings }) => {
  const payloads = ["", "on", "0x10", "NaN", "1e999", "1,5", "12 V"];
  for (const payload of payloads) {
    recorder.record(Message.from("iot/x", payload));
    await recorder.record(Message.from("iot/x", payload, { qos: 1 }));
  }
  recorder.record(Message.from("iot/x", " 7 "));
  await recorder.close();
  assertEquals(recorder.ignored, 14);
  assertEquals((await readings()).map(({ value }) => value), [7]);
  assertEquals(lines, [
    'Payload that is not a number is ignored: "" on "iot/x"',
    "In all, 14 payloads were ignored",
  ]);
});

test.recording("CsvRecorder.flush() writes before the turn ends", async ({ readings, recorder }) => {
  recorder.record(Message.from("iot/x", "1"));
  await recorder.flush();
  assertEquals(recorder.rows, 1);
  await recorder.flush();
  assertEquals((await readings()).length, 1);
});

test.recording("CsvRecorder.close() flushes, once, and ends the recording", async ({ recorder, path, readings }) => {
  recorder.record(Message.from("iot/x", "1"));
  const closed = recorder.close();
  assertStrictEquals(recorder.close(), closed);
  await closed;
  assertEquals((await readings()).length, 1);

  const message = `Recorder of "${path}" is closed`;
  const late = Message.from("iot/x", "2");
  assertThrows(() => recorder.record(late), RecordingError, message);
  const lateAtQos1 = Message.from("iot/x", "2", { qos: 1 });
  await assertRejects(
    async () => await recorder.record(lateAtQos1),
    RecordingError,
    message,
  );
});

test.recording("CsvRecorder.open() appends to what is there, as it is", async ({ path, recorder }) => {
  await recorder.close();
  const old = "time,topic,value\n2026-11-21 09:30:00.123456,iot/x,21.0\n";
  await Deno.writeTextFile(path, `${old}2026-11-21 09:30:05.1`);

  const { lines, log } = logged();
  {
    await using recorder = await CsvRecorder.open(path, { log });
    recorder.record(Message.from("iot/x", "22"));
  }
  const text = await Deno.readTextFile(path);
  assert(text.startsWith(old), text);
  assertMatch(text.slice(old.length), /^[^,]{26},iot\/x,22\r\n$/);
  assertEquals(lines, [
    `Mended "${path}": removed its torn last row "2026-11-21 09:30:05.1"`,
  ]);
});

/** The topics and values of a recording's rows, as they stand in the file. */
async function rowsOf({ recorder, path }: Recording): Promise<string[]> {
  await recorder.close();
  const text = await Deno.readTextFile(path);
  return text.split("\r\n").slice(0, -1).map((row) => row.slice(27));
}

test.recording("CsvRecorder keeps all digits of a whole number beyond 2^53", async (recording) => {
  const payloads: [payload: string, value: string][] = [
    ["9007199254740993", "9007199254740993"],
    [" -9007199254740993 ", "-9007199254740993"],
    ["+1764363600123456789", "1764363600123456789"],
    ["00018446744073709551615", "18446744073709551615"],
    ["9007199254740993.0", "9007199254740993"],
    ["1".repeat(300), "1".repeat(300)],
    ["0".repeat(300_000) + "9007199254740993", "9007199254740993"],
    ["9007199254740991", "9007199254740991"],
    ["9007199254740993.5", "9007199254740994"],
    ["1e21", "1e+21"],
    ["0.1", "0.1"],
  ];
  for (const [payload] of payloads) {
    recording.recorder.record(Message.from("a", payload));
  }
  assertEquals(
    await rowsOf(recording),
    payloads.map(([, value]) => `a,${value}`),
  );
  const readings = await recording.readings();
  assertEquals(readings[0]?.value, Number("9007199254740993"));
});

/** Records what comes at first, live, and again after a reconnect. */
function recordTwice({ recorder }: Recording): void {
  const retain = true;
  const again = [
    Message.from("kept", "1", { retain }),
    Message.from("kept/later", "3", { retain }),
  ];
  recorder.record(Message.from("kept", "1", { retain }));
  recorder.record(Message.from("kept/later", "2"));
  recorder.record(Message.from("kept/later", "3"));
  again.forEach(recorder.record);
  recorder.record(Message.from("kept", "1"));
  // One that was published while the recorder was away.
  recorder.record(Message.from("kept", "4", { retain }));
}

const RETAINED: [CsvRecorderOptions["retained"], string[]][] = [
  [undefined, ["kept,1", "kept/later,2", "kept/later,3", "kept,1", "kept,4"]],
  ["never", ["kept/later,2", "kept/later,3", "kept,1"]],
  ["always", [
    ...["kept,1", "kept/later,2", "kept/later,3"],
    ...["kept,1", "kept/later,3", "kept,1", "kept,4"],
  ]],
];
for (const [retained, rows] of RETAINED) {
  Deno.test(`CsvRecorder writes retained messages ${retained ?? "once"}`, async () => {
    await using recording = await record(retained ? { retained } : {});
    recordTwice(recording);
    assertEquals(await rowsOf(recording), rows);
  });
}

Deno.test("CsvRecorder remembers 10,000 topics, and 20,000 at most", async () => {
  await using recording = await record();
  const { recorder } = recording;
  const retain = true;
  for (let topic = 0; topic <= 20_000; topic++) {
    recorder.record(Message.from(`${topic}`, "1"));
  }
  recorder.record(Message.from("10001", "1", { retain }));
  recorder.record(Message.from("0", "1", { retain }));
  const rows = await rowsOf(recording);
  assertEquals(rows.length, 20_002);
  assertEquals(rows.at(-1), "0,1");
});

Deno.test("CsvRecorder guards topics that a spreadsheet takes for formulas, if it is told to", async () => {
  const topics = ["=1", "-x", "@x", "x;=1", "＝1", "iot/-x"];
  for (const guardFormulas of [true, false]) {
    await using recording = await record({ guardFormulas });
    for (const topic of topics) {
      recording.recorder.record(Message.from(topic, "-1"));
    }
    assertEquals(
      await rowsOf(recording),
      guardFormulas
        ? ["'=1,-1", "'-x,-1", "'@x,-1", "x;'=1,-1", "'＝1,-1", "iot/-x,-1"]
        : topics.map((topic) => `${topic},-1`),
    );
  }
});

const TIMED = { timeFrom: "payload", time: "rfc3339" } as const;

Deno.test("CsvRecorder writes the publisher's time, and that of arrival where there is none", async () => {
  await using recording = await record(TIMED);
  const { recorder, path, lines, readings } = recording;
  const before = new Date();
  for (
    const payload of [
      '{"time":"2026-11-21T00:30:00.123456Z","value":21.50}',
      '{"time":"2026-11-21T00:30:00.1Z","value":"22"}',
      "23",
      '{"time":"2026-11-21T00:30:00Z","value":null}',
      '{"time":"yesterday","value":1}',
      '{"value":1}',
      "{",
    ]
  ) recorder.record(Message.from("iot/x", payload));
  await recorder.close();
  const [one, two, three] = await readings();
  assertEquals(
    [one?.value, one?.time],
    [21.5, new Date("2026-11-21T00:30:00.123Z")],
  );
  assertStringIncludes(await Deno.readTextFile(path), ":00.123456");
  assertEquals(two?.time, new Date("2026-11-21T00:30:00.1Z"));
  assertEquals([two?.value, three?.value], [22, 23]);
  assert(three && three.time >= before);
  assertEquals([recorder.rows, recorder.ignored], [3, 4]);
  assertStringIncludes(lines[0]!, "not a number");
});

Deno.test("CsvRecorder leaves out what is in the file already, also after it was opened anew", async () => {
  await using recording = await record({ ...TIMED, deduplicate: true });
  const { recorder, path } = recording;
  const timed = (second: number, value: number) =>
    Message.from(
      'say "iot", x',
      JSON.stringify({
        time: `2026-11-21T00:30:0${second}.000001Z`,
        value,
      }),
      { qos: 1 },
    );
  for (const [second, value] of [[1, 5], [2, 5], [1, 5], [1, 6]] as const) {
    await recorder.record(timed(second, value));
  }
  assertEquals([recorder.rows, recorder.duplicates], [3, 1]);
  await recorder.record(Message.from("iot/x", "7", { qos: 1 }));
  await recorder.record(Message.from("iot/x", "7", { qos: 1 }));
  assertEquals([recorder.rows, recorder.duplicates], [5, 1]);
  await recorder.close();
  // As another program may have written it.
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replaceAll("\r\n", "\n"));

  const options = { ...TIMED, deduplicate: true };
  await using again = await CsvRecorder.open(path, options);
  await again.record(timed(2, 5));
  await again.record(timed(3, 5));
  assertEquals([again.rows, again.duplicates], [1, 1]);
});

Deno.test("CsvRecorder can't tell readings apart by their arrival", async () => {
  await assertRejects(
    () => record({ deduplicate: true }),
    TypeError,
    'deduplicate needs timeFrom "payload"',
  );
});

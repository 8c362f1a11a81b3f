import { assertEquals, assertStringIncludes } from "@std/assert";
import { RecordingError } from "../../lib/recording_error.ts";
import { rejection } from "../../testing/deadline.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { MOST_TOPICS, readReport, type Report } from "./read_report.ts";
import { describeNotes } from "./report_notes.ts";

/** Rows at these seconds after half past nine. */
function rows(topic: string, ...seconds: number[]): string {
  return seconds.map((second) => {
    const time = `2026-11-21 09:30:${String(second).padStart(2, "0")}`;
    return `${time},${topic},${second}\r\n`;
  }).join("");
}

/** Reads texts, as if they were in files named A, B and so on. */
async function report(
  texts: readonly string[],
  filters: readonly string[] = [],
  deduplicate = false,
): Promise<Report> {
  await using folder = await temporaryFolder();
  const names = texts.map((_, index) => `${folder.path}/${"ABC"[index]}`);
  for (const [index, text] of texts.entries()) {
    await Deno.writeTextFile(names[index]!, text);
  }
  const read = await readReport(names, filters, { deduplicate });
  for (const file of read.files) file.name = file.name.at(-1)!;
  return read;
}

const whole = { skipped: 0, firstSkipped: undefined, isTorn: false };

Deno.test("readReport() sorts topics by name and number", async () => {
  const { topics, rows: count, period, files } = await report([
    rows("b", 3) + rows("a10", 4) + rows("a9", 5) + rows("b", 6),
  ]);
  assertEquals(topics.map(({ topic }) => topic), ["a9", "a10", "b"]);
  assertEquals(count, 4);
  const second = (seconds: number) =>
    new Date(2026, 10, 21, 9, 30, seconds).getTime();
  assertEquals(period, { from: second(3), to: second(6) });
  assertEquals(files, [{ name: "A", rows: 4, ...whole }]);
});

Deno.test("readReport() leaves out what two recorders have both, if it is told to", async () => {
  const one = rows("x", 0, 1, 4, 5);
  const other = rows("x", 1, 2, 5) + rows("y", 5);
  const all = await report([one, other]);
  assertEquals([all.rows, all.duplicates], [8, 0]);
  const once = await report([one, other], [], true);
  assertEquals([once.rows, once.duplicates], [6, 2]);
  assertEquals(
    describeNotes(once)[0],
    "2 rows have come before and are left out",
  );
});

Deno.test("readReport() reads several files in the order of time", async () => {
  const one = rows("x", 0, 1, 4, 5);
  const other = rows("x", 2, 3) + rows("y", 4) + rows("x", 6);
  for (const texts of [[one, other], [other, one], [one, "", other]]) {
    const { topics: [x, y], files } = await report(texts);
    assertEquals(x!.outOfOrder, 0);
    assertEquals([x!.rows, y!.rows], [7, 1]);
    assertEquals(x!.pauses.longest?.length, 1000);
    assertEquals([x!.first.value, x!.last.value], [0, 6]);
    assertEquals(files.map((file) => file.rows).sort(), [
      ...texts.length === 3 ? [0] : [],
      ...[4, 4],
    ]);
  }
});

Deno.test("readReport() notes rows out of order within a file", async () => {
  const { topics: [x] } = await report([rows("x", 5, 6, 1, 2, 7)]);
  assertEquals(x!.outOfOrder, 2);
  assertEquals(x!.pauses.longest?.length, 1000);
});

Deno.test("readReport() takes the topics that a filter matches", async () => {
  const text = rows("a/x", 1) + rows("b/x", 2) + rows("$SYS/x", 3) +
    rows("c", 4);
  const names = async (...filters: string[]) =>
    (await report([text], filters)).topics.map(({ topic }) => topic);
  assertEquals(await names(), ["$SYS/x", "a/x", "b/x", "c"]);
  assertEquals(await names("+/x"), ["a/x", "b/x"]);
  assertEquals(await names("a/#", "c"), ["a/x", "c"]);
  const { otherTopics, topics } = await report([text], ["none"]);
  assertEquals([topics.length, otherTopics], [0, ["a/x", "b/x", "$SYS/x"]]);
});

Deno.test("readReport() takes a topic such as __proto__ for any other", async () => {
  const { topics } = await report([
    rows("__proto__", 1, 2) + rows("constructor", 1),
  ]);
  assertEquals(topics.map(({ topic, rows }) => [topic, rows]), [
    ["__proto__", 2],
    ["constructor", 1],
  ]);
});

Deno.test("readReport() notes what it leaves out, and describeNotes() says it", async () => {
  const text = `time,topic,value\n${rows("x", 1, 2)}noise\n${rows("x", 1)}` +
    `2026-99-21 09:30:00,x,1\n2026-11-21 09:30:07,x,off\n` +
    `2026-11-21 09:30:08,x,9007199254740993\n2026-11-21 09:30:09,x,1`;
  const read = await report([text, `${rows("x", 3)}\nnoise\n`]);
  assertEquals(read.files, [
    {
      ...{ name: "A", rows: 5, skipped: 2, isTorn: true },
      firstSkipped: {
        line: 4,
        reason: 'Row has 1 field instead of 3: "noise"',
      },
    },
    {
      ...{ name: "B", rows: 1, skipped: 1, isTorn: false },
      firstSkipped: {
        line: 3,
        reason: 'Row has 1 field instead of 3: "noise"',
      },
    },
  ]);
  assertEquals(describeNotes(read), [
    "A: 2 lines are no rows and left out; the first is line 4: Row has 1 field " +
    'instead of 3: "noise"',
    "A: the last row has no line end and is left out: it is being written, or " +
    "was torn",
    'B: 1 line is no row and left out: line 3: Row has 1 field instead of 3: "noise"',
    'x: 1 value is no number, such as "off": it counts as a row only',
    "x: 1 value is a whole number beyond 2^53: rounded in mean and curve",
    "x: 1 row is earlier than a row before: no pause is counted there",
  ]);
});

Deno.test("readReport() has a bounded number of topics, and says so", async () => {
  const text = Array.from(
    { length: MOST_TOPICS + 2 },
    (_, index) => rows(`t${index}`, 1),
  ).join("");
  const read = await report([
    text + rows("t1", 2) + rows(`t${MOST_TOPICS}`, 2),
  ]);
  assertEquals(read.topics.length, MOST_TOPICS);
  assertEquals([read.rows, read.rowsOfFurtherTopics], [MOST_TOPICS + 1, 3]);
  assertStringIncludes(
    describeNotes(read).join(),
    "3 rows are on further topics than the first 1,000 and left out",
  );
});

Deno.test("readReport() says which file it can't read", async () => {
  const error = await rejection(readReport(["no/file"], []), RecordingError);
  assertEquals(error.message, 'File "no/file" does not exist');
});

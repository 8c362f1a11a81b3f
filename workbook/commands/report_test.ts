import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { CsvRecorder } from "../../lib/csv.ts";
import { Message } from "../../lib/mod.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { copyExercises } from "../../testing/project/exercises.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { test } from "../../testing/test_programs.ts";
import { callProgram, UsageError } from "../options/program.ts";
import { program } from "./report.ts";

const ROWS = "2026-11-21 09:30:00.123456,iot/user1/temp,20\r\n" +
  "2026-11-21 09:30:05.123456,iot/user1/temp,23\r\n" +
  "2026-11-21 09:30:06.000000,iot/user1/humi,40\r\n";

Deno.test("report makes tables and a page, as the user types it", async () => {
  await using project = await copyExercises();
  await project.write("a.csv", `${ROWS}2026-11-21 09:30`);
  const call = ["report", "a.csv", "-t", "iot/+/temp", "--html", "a.html"];
  const { code, output, errors } = await project.task(...call);
  assertEquals([code, errors], [0, "Wrote a.html\n"]);
  assertEquals(output.split("\n"), [
    "2 rows on 1 topic, from 2026-11-21 09:30:00 to 2026-11-21 09:30:05",
    "",
    "Values          Rows    Mean  Minimum  Maximum  Curve",
    `iot/user1/temp     2  21.500   20.000   23.000  ${"▁".repeat(31)}█`,
    "",
    "First and last  First row   Value  Last row   Value",
    "iot/user1/temp   09:30:00  20.000  09:30:05  23.000",
    "",
    "Pauses          Median  Longest     Since  Gaps",
    "iot/user1/temp   5.0 s    5.0 s  09:30:00     0",
    "",
    "a.csv: the last row has no line end and is left out: it is being written, or was",
    "  torn",
    "",
  ]);
  const page = await project.read("a.html");
  assertStringIncludes(page, "Report on a.csv");
  assertStringIncludes(page, "</html>");

  const again = await project.task(...call);
  assertEquals(again.code, 2);
  assertStringIncludes(again.errors, 'File "a.html" is there already');
  const forced = await project.task(...call, "--force");
  assertEquals(forced.code, 0, forced.errors);
  assertEquals(await project.read("a.html"), page);
});

test.folder("report reads what CsvRecorder writes, with every digit", async (folder) => {
  const file = `${folder}/a.csv`;
  const topics = ["iot/a,b", 'iot/"q"', "iot/\n", "교실"];
  {
    await using recorder = await CsvRecorder.open(file);
    for (const topic of topics) {
      await recorder.record(Message.from(topic, "9007199254740993"));
    }
  }
  const { code, stdout, stderr } = await runCommand("report", [file, "--json"]);
  assertEquals(code, 0, stderr);
  const figures = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(figures.map(({ topic }) => topic).sort(), topics.sort());
  for (const { maximum } of figures) assertEquals(maximum, "9007199254740993");
  assertStringIncludes(stderr, "beyond 2^53");
});

test.folder("report reads several files, and names with commas", async (folder) => {
  const files = [`${folder}/a, b.csv`, `${folder}/c.csv`];
  await Deno.writeTextFile(files[0]!, ROWS.replaceAll("09:30", "09:31"));
  await Deno.writeTextFile(files[1]!, ROWS);
  const { code, stdout, stderr } = await runCommand("report", files);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "6 rows on 2 topics, from 2026-11-21 09:30:00");
  assert(!stdout.includes("earlier"), stdout);
});

Deno.test("report reads standard input, which needs no permission", async () => {
  await using process = startCommand("report", ["-", "--json"]);
  await process.write(ROWS);
  const { code, stdout, stderr } = await process.end();
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.trim().split("\n").length, 2);
});

test.unix("report reads a link, and replaces one by its page", async () => {
  await using place = await temporaryFolder();
  const folder = place.path;
  await Deno.writeTextFile(`${folder}/a.csv`, ROWS);
  await Deno.writeTextFile(`${folder}/mine.html`, "mine");
  await Deno.symlink(`${folder}/a.csv`, `${folder}/link.csv`);
  await Deno.symlink(`${folder}/mine.html`, `${folder}/link.html`);
  const call = [`${folder}/link.csv`, "--html", `${folder}/link.html`];
  const { code, stderr } = await runCommand("report", [...call, "--force"]);
  assertEquals(code, 0, stderr);
  assertEquals(await Deno.readTextFile(`${folder}/mine.html`), "mine");
  const page = await Deno.readTextFile(`${folder}/link.html`);
  assertStringIncludes(page, "Report on link.csv");
});

Deno.test("report says in one line why there is nothing to report on", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/a.csv`;
  const cases: [text: string | Uint8Array, args: string[], words: string][] = [
    ["", [], `File "${file}" has no row: it is empty`],
    ["time,topic,value\n", [], `File "${file}" has no row: it is empty`],
    ["2026-11-21 09:30:00,a,1", [], "no line end"],
    ["<html>\n", [], 'line 1: Row has 1 field instead of 3: "<html>"'],
    [Uint8Array.of(0x89, 0x50, 0, 0x1b, 10), [], "1 line is no row"],
    [
      ROWS,
      ["-t", "b/#"],
      'No topic matches "b/#": the recording has iot/user1/t',
    ],
  ];
  for (const [text, args, words] of cases) {
    await Deno.writeFile(
      file,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
    const { message } = await assertRejects(
      () => callProgram(program, [file, ...args]),
      UsageError,
    );
    assertStringIncludes(message, words);
    assertEquals(message.split("\n").length, 1, message);
  }
});

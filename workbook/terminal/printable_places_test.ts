/**
 * Where the tasks print what strangers have written: a row for each place.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { findPeer } from "../../testing/peers.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import {
  startTextBroker,
  testPlaces,
  unprintableTexts,
} from "../../testing/unprintable.ts";
import { describeFailures } from "../exercises/describe_outcomes.ts";
import { describeSeen } from "../checking/describe_seen.ts";
import { CheckFailure } from "../checking/finding.ts";
import { checkRequirement } from "../checking/run_checks.ts";
import { toTable } from "../grading/report_table.ts";
import { fieldOf, rowOf } from "../../lib/recording/csv_rows.ts";
import {
  runCommand,
  startCommand,
  startInTerminal,
} from "../../testing/project/commands.ts";

const script = findPeer("script");
const terminal = { ignore: script === undefined };
const NEEDS_SCRIPT = terminal.ignore ? ' (needs "script" of Linux)' : "";

/** Starts a broker that sends each text as a topic and as a payload. */
function startBrokerOf(texts: readonly string[]) {
  return startTextBroker(
    texts.map((text) => ({ topic: text, payload: text })),
  );
}

/** Grades folders with these names, which hold nothing. */
async function grade(names: readonly string[], format: string) {
  await using folder = await temporaryFolder();
  for (const name of names) await Deno.mkdir(`${folder.path}/${name}`);
  const args = ["--each", folder.path, "--format", format];
  const { code, stdout, stderr } = await runCommand("grade", args);
  assertEquals(code, 0, stderr);
  return stdout + stderr;
}

/** Records with `task start`, from a broker that sends the texts as topics. */
async function record(
  texts: readonly string[],
  start: (
    args: string[],
    variables: Record<string, string>,
  ) => ReturnType<typeof startCommand>,
  end: (process: ReturnType<typeof startCommand>) => unknown,
) {
  await using folder = await temporaryFolder();
  await using broker = await startTextBroker(
    texts.map((topic) => ({ topic, payload: "1" })),
  );
  const args = ["--out", `${folder.path}/a.csv`];
  await using process = start(args, { MQTT_URL: broker.url });
  await process.untilPrinted(texts.at(-1)!.slice(0, 4));
  await end(process);
  const { stdout, stderr } = await process.end();
  return stdout + stderr;
}

/** Reports on texts as topics and as values, and on a line that is no row. */
async function report(texts: readonly string[], ...args: string[]) {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/a.csv`;
  const rows = texts.map((text) =>
    rowOf("2026-11-21 09:30:00", fieldOf(text), fieldOf(text))
  );
  await Deno.writeTextFile(file, `${rows.join("")}${texts.at(-1)}\n`);
  const page = `${folder.path}/a.html`;
  const { code, stdout, stderr } = await runCommand("report", [
    file,
    ...args,
    ...["--html", page],
  ]);
  assertEquals(code, 0, stderr);
  return { said: stdout + stderr, page: await Deno.readTextFile(page) };
}

testPlaces([
  {
    name: "report",
    most: 1, // Of a longer topic, the middle is left out.
    print: async (texts) => (await report(texts)).said,
  },
  {
    name: "report --json",
    print: async (texts) => (await report(texts, "--json")).said,
  },
  {
    name: "report --html",
    print: async (texts) => (await report(texts)).page,
  },
  ...[["-v"], ["-F", "%t %p"], ["-F", "%j %J"]].map((style) => ({
    name: `sub ${style.join(" ")} on a terminal${NEEDS_SCRIPT}`,
    ...terminal,
    print: async (texts: readonly string[]) => {
      await using broker = await startBrokerOf(texts);
      const count = ["-C", `${texts.length}`];
      const args = ["-h", broker.url, "-t", "#", ...count, ...style];
      await using sub = startInTerminal(script!, "sub", args);
      const { stdout } = await sub.end();
      return stdout;
    },
  })),
  {
    name: "MQTT_TRACE",
    print: async (texts) => {
      await using broker = await startBrokerOf(texts);
      const args = ["-h", broker.url, "-t", "#", "-C", `${texts.length}`];
      const { stderr } = await runCommand("sub", args, { MQTT_TRACE: "1" });
      return stderr;
    },
  },
  {
    name: `start on a terminal, at the end too${NEEDS_SCRIPT}`,
    ...terminal,
    print: (texts) =>
      record(
        texts,
        (args, variables) => startInTerminal(script!, "start", args, variables),
        (process) => process.write("\x03"),
      ),
  },
  {
    name: "start into a pipe, at the end too",
    print: (texts) =>
      record(
        texts,
        (args, variables) => startCommand("start", args, variables),
        (process) => process.kill("SIGINT"),
      ),
  },
  ...["json", "csv", "junit"].map((format) => ({
    name: `grade --format ${format}`,
    without: ["\0"],
    print: (names: readonly string[]) => grade(names, format),
  })),
  {
    name: "grade",
    without: ["\0"],
    most: 1, // A name is cut to 24 columns.
    print: (names) => grade(names, "table"),
  },
  {
    name: "grade, of an exercise that it refuses",
    most: 2,
    print: (notes) => {
      const exercise = { name: "", programs: [], requirements: [] };
      const refused = {
        exercise,
        state: "refused" as const,
        causes: [],
        grades: [],
      };
      const submission = { name: "", folder: "" };
      const exercises = notes.map((note) => ({ ...refused, note }));
      const submissions = [{ submission, exercises }];
      return toTable({ seed: 1, seconds: 1, exercises: [], submissions });
    },
  },
  {
    name: "check",
    print: async (texts) => {
      const outcomes = texts.map((text, index) => {
        const program = {
          stdout: text,
          stderr: text,
          code: 1,
          folder: "/none",
        };
        const flags = { qos: 0, dup: false, retain: false } as const;
        const packet = {
          cmd: "publish",
          topic: text,
          payload: text,
          ...flags,
        } as const;
        const seen = describeSeen([program], [
          { from: "program", packet, connection: 1, at: 0 },
        ]);
        return checkRequirement(
          { name: "", programs: [], requirements: [] },
          {
            ...{ id: "a", words: `It prints ${index}`, hint: 1 },
            check: () =>
              Promise.reject(new CheckFailure({ expected: "", seen })),
          },
          { files: {}, seed: 1, flags: [] },
        );
      });
      return describeFailures(await Promise.all(outcomes)).join("\n");
    },
  },
]);

Deno.test("sub gives a program each payload as it came, byte by byte", async () => {
  const texts = unprintableTexts();
  await using broker = await startBrokerOf(texts);
  const args = ["-h", broker.url, "-t", "#", "-C", `${texts.length}`];
  const { stdout } = await runCommand("sub", args);
  assertEquals(stdout, `${texts.join("\n")}\n`);
});

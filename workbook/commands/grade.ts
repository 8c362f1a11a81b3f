/**
 * Grades what students have handed in.
 *
 * @module
 */
import { printable, StopSignal } from "../../lib/mod.ts";
import { listExercises } from "../exercises/exercises.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { pool } from "../checking/pool.ts";
import { assertWritable, writeWhole } from "../options/files.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { PROJECT_FOLDER } from "../options/user_folder.ts";
import type { Grading, SubmissionGrade } from "../grading/grade.ts";
import { gradeSubmission } from "../grading/grade_submission.ts";
import { GradingProgress } from "../grading/progress.ts";
import { toCsv, toJson, toMarks } from "../grading/report_data.ts";
import { toJunit } from "../grading/report_junit.ts";
import { toTable } from "../grading/report_table.ts";
import { listSubmissions, type Submission } from "../grading/submission.ts";

const HELP = `
Grades submissions: each requirement of each exercise, required and extra apart.

Usage: deno task grade [--dir FOLDER]... [--each FOLDER]... [OPTION]...

  --dir FOLDER       a submission: a folder with exercises/01_presence/main.ts
                     and so on, or with 01_presence/main.ts
  --each FOLDER      each folder in this one is a submission
  --format FORMAT    table (the default), json, junit, csv or marks
  --out FILE         write the report to this file, as a whole or not at all
  --command COMMAND  starts the programs, in any language: "python3 {program}.py".
                     {program} stands for the name of each program, seen from
                     the exercise's folder. They are NOT confined, and need
                     not log in: others on this machine may join in
  --jobs N           grade so many submissions at once (two for each CPU, up to 8)
  --seed N           test with the same values as a run before

Without --dir and --each, it grades the exercises of this workbook. All
submissions get the same test. What is missing, or as it was in the beginning,
counts as not started and gives no point.

A submission in TypeScript runs without a prompt, and may use the network only
to its broker, which lets in nobody without the login in MQTT_URL. It may read
its own folder, write nothing, and start nothing. It isn't run at all if it
imports files from elsewhere, or is a link. A program that hangs, prints without
end or takes too much memory or time is ended, and the next one is tried. What
fails is tried once more if anything of its exercise passes, since the machine
may have been busy. After ten minutes, no more of a submission is checked.

The table of one submission says what is wrong, what its types say included,
and shows its requirements. With json or junit, the report of each that failed
says what was expected and what was seen. JSON has

  { seed, seconds, exercises: [{ name, required, extra }],
    submissions: [{ name, folder, required, extra, exercises: [{ name,
      state: "checked" | "not started" | "refused", note, causes, required, extra,
      requirements: [{ id, words, part: "required" | "extra",
        state: "passed" | "failed" | "skipped" | "broken", seconds, report }]
    }] }] }

where required and extra count the points. CSV has a row for each requirement;
marks is CSV, too, with a row for each submission and the required points of each
exercise, for a spreadsheet.

The exit code is 0 when grading ran, whatever came out.
`;

const FORMATS = new Map<string, (grading: Grading) => string>([
  ["table", toTable],
  ["json", toJson],
  ["junit", toJunit],
  ["csv", toCsv],
  ["marks", toMarks],
]);
const SEED_RANGE = { least: 0, most: 2 ** 32 - 1 };
const JOBS_RANGE = { least: 1, most: 1000 };
const MOST_JOBS = 8;
const INTERRUPTED = 130;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["format", "out", "command", "jobs", "seed"],
    collect: ["dir", "each"],
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<number> {
  const format = readFormat(options);
  const out = options.text("out");
  // Most of grading is waiting, for programs that take 70 MB each.
  const jobs = options.number("jobs", JOBS_RANGE) ??
    Math.min(navigator.hardwareConcurrency * 2, MOST_JOBS);
  const seed = options.number("seed", SEED_RANGE) ??
    Math.floor(Math.random() * 2 ** 32);
  const command = options.text("command");
  if (command?.trim() === "") {
    throw new UsageError(`Option --command is "${command}": it must be one`);
  }
  if (out !== undefined) await assertWritable(out);
  const submissions = readSubmissions(options);
  if (command !== undefined) {
    console.error(
      "These programs aren't confined: they may do whatever you may. Their " +
        "brokers ask for no password: others on this machine may join in",
    );
  }
  console.error(`Seed: ${seed}`);
  using stop = new StopSignal();
  surviveFaults();
  let grading: Grading;
  try {
    grading = await grade(submissions, { command, jobs, seed, stop });
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED;
    throw error;
  }
  await writeReport(format(grading), out);
  return 0;
}

function readFormat(options: Options): (grading: Grading) => string {
  const name = options.text("format") ?? "table";
  const format = FORMATS.get(name);
  if (format !== undefined) return format;
  const names = [...FORMATS.keys()].join(", ");
  throw new UsageError(`Option --format is "${name}": it must be ${names}`);
}

function readSubmissions(options: Options): Submission[] {
  const folders = options.texts("dir");
  const parents = options.texts("each");
  if (folders.length + parents.length > 0) {
    return listSubmissions(folders, parents);
  }
  return listSubmissions([PROJECT_FOLDER], []);
}

async function grade(
  submissions: readonly Submission[],
  { command, jobs, seed, stop }: {
    command: string | undefined;
    jobs: number;
    seed: number;
    stop: StopSignal;
  },
): Promise<Grading> {
  const began = performance.now();
  const exercises = await listExercises();
  const requirements = exercises.flatMap(({ requirements }) => requirements);
  const progress = new GradingProgress(
    submissions.length,
    requirements.length,
  );
  const graded: SubmissionGrade[] = [];
  try {
    await pool(submissions.entries(), jobs, async ([index, submission]) => {
      const result = await gradeSubmission(submission, {
        exercises,
        command,
        seed,
        flags: launcherFlags(),
        signal: stop.signal,
        onGrade: () => progress.addRequirement(),
      });
      graded[index] = result;
      progress.addSubmission(result);
    });
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - began) / 1000;
  return { seed, exercises, submissions: graded, seconds };
}

/**
 * A program may send what no broker expects. If that breaks something in this
 * process, only the check that it happened in must fail.
 */
function surviveFaults(): void {
  const note = (event: Event, error: unknown) => {
    event.preventDefault();
    console.error(
      printable(`Something broke, and grading goes on: ${error}`),
    );
  };
  addEventListener("error", (event) => note(event, event.error));
  addEventListener("unhandledrejection", (event) => note(event, event.reason));
}

/** What took so long to make is shown if it can't be written. */
async function writeReport(
  report: string,
  file: string | undefined,
): Promise<void> {
  try {
    if (file !== undefined) return await writeWhole(file, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    console.log(report.trimEnd());
    throw new Error(`The report can't be written to "${file}": ${reason}`);
  }
  console.log(report.trimEnd());
}

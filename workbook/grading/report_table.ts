/**
 * Grades as a table: one submission in detail, many in a line each.
 *
 * @module
 */
import {
  describeCauses,
  describeOutcome,
  describeUnchecked,
  isNothingChecked,
  uncheckedOf,
} from "../exercises/describe_outcomes.ts";
import type { Outcome } from "../checking/requirement.ts";
import { printable } from "../../lib/printable.ts";
import { displayWidth, wrap } from "../terminal/wrap.ts";
import type { Score } from "../exercises/check_exercise.ts";
import {
  type ExerciseGrade,
  type Grade,
  type Grading,
  mostOf,
  type Scores,
  scoresOf,
  type SubmissionGrade,
  totalOf,
} from "./grade.ts";

/** How wide a table of one submission is, and one of many may be. */
const WIDTH = 80;

const LONGEST_NAME = 24;

/** Writes the table. */
export function toTable(grading: Grading): string {
  const [first, ...others] = grading.submissions;
  const table = first === undefined || others.length > 0
    ? manyLines(grading)
    : detailLines(first);
  return [...table, "", ...summaryLines(grading), ""].join("\n");
}

function detailLines(submission: SubmissionGrade): string[] {
  const { submission: { name }, exercises } = submission;
  return [
    scoreLine(printable(name), "Required", "Extra"),
    "",
    ...exercises.flatMap((exercise) => [...exerciseLines(exercise), ""]),
    scoreLine("All", ...describeScores(totalOf(submission))),
  ];
}

function exerciseLines(
  { exercise, state, note, causes, grades }: ExerciseGrade,
) {
  const heading = scoreLine(
    exercise.name,
    ...describeScores(scoresOf(grades)),
  );
  if (state !== "checked") {
    return [heading, ...cut(`  ${state}: ${note}`)];
  }
  // What a requirement alone has to say, it says below.
  const top = describeCauses(causes.filter((one) => !one.isOfRequirement))
    .flatMap((line) => cut(`  ${line}`, 2));
  const unchecked: Outcome[] = isNothingChecked(grades)
    ? grades
    : uncheckedOf(grades);
  const checked = grades.filter((grade) => !unchecked.includes(grade));
  const lines = checked.flatMap((grade) => [
    ...cut(
      `  ${describeOutcome(grade)}${grade.requirement.extra ? " (extra)" : ""}`,
      2,
    ),
    ...reasons(grade).flatMap((reason) => cut(`      ${reason}`)),
  ]);
  const rest = describeUnchecked(unchecked).map((line) => `  ${line}`);
  return [heading, ...top, ...lines, ...rest];
}

/** What a teacher wants to know at a glance of what a student reads. */
function reasons({ report, finding }: Grade): string[] {
  const isTold = finding !== undefined && !finding.isOfRequirement;
  return report.split("\n").filter((line) =>
    /^(Expected: |The check broke)/.test(line) ||
    !isTold && line.startsWith("It looks like this: ")
  );
}

function cut(line: string, hanging = 0): string[] {
  return wrap(printable(line), WIDTH, hanging);
}

function describeScores({ required, extra }: Scores): [string, string] {
  return [describeScore(required), describeScore(extra)];
}

function describeScore({ passed, total }: Score): string {
  return `${passed}/${total}`;
}

/** A text, and two columns at the right. */
function scoreLine(text: string, required: string, extra: string): string {
  const columns = `${required.padStart(10)}${extra.padStart(8)}`;
  const room = WIDTH - columns.length;
  return fit(text, room) + columns;
}

function manyLines({ exercises, submissions }: Grading): string[] {
  const most = mostOf(exercises);
  const columns = exercises.map((exercise, index) => {
    const { required, extra } = mostOf([exercise]);
    const cells = submissions.map((one) => cell(one.exercises[index]));
    const heads = [
      exercise.name.slice(0, 2),
      `${required.total}+${extra.total}`,
    ];
    return [...heads, ...cells];
  });
  const totals = submissions.map(totalOf);
  const column = (head: string, part: keyof Scores) => [
    head,
    `${most[part].total}`,
    ...totals.map((total) => `${total[part].passed}`),
  ];
  columns.push(column("Required", "required"), column("Extra", "extra"));
  const names = ["Submission", "points", ...submissions.map(nameOf)];
  const width = Math.min(
    LONGEST_NAME,
    Math.max(...names.map((name) => displayWidth(name))),
  );
  const widths = columns.map((cells) =>
    Math.max(...cells.map(({ length }) => length))
  );
  const lines = names.map((name, row) =>
    fit(name, width) +
    columns.map((cells, index) => ` ${cells[row]!.padStart(widths[index]!)}`)
      .join("")
  );
  return [...lines, "", LEGEND];
}

const LEGEND = "3+1 stands for 3 required and 1 extra passed, - for not " +
  "started, ! for refused";

function cell(grade: ExerciseGrade | undefined): string {
  if (grade === undefined || grade.state === "not started") return "-";
  if (grade.state === "refused") return "!";
  const { required, extra } = scoresOf(grade.grades);
  return `${required.passed}+${extra.passed}`;
}

function nameOf({ submission }: SubmissionGrade): string {
  return printable(submission.name);
}

/** A text in so many columns, cut or filled with blanks. */
function fit(text: string, width: number): string {
  let shown = text;
  while (displayWidth(shown) > width) {
    shown = `${Array.from(shown.replace(/…$/, "")).slice(0, -1).join("")}…`;
  }
  return shown + " ".repeat(width - displayWidth(shown));
}

/** What is said of all submissions together. */
function summaryLines({ seed, submissions, seconds }: Grading): string[] {
  const totals = submissions.map(totalOf);
  const mean = (part: keyof Scores) => {
    const sum = totals.reduce((all, total) => all + total[part].passed, 0);
    return (sum / Math.max(totals.length, 1)).toFixed(1);
  };
  const all = submissions.flatMap(({ exercises }) => exercises);
  const refused = all.filter(({ state }) => state === "refused").length;
  const grades = all.flatMap(({ grades }) => grades);
  const broken = grades.filter(({ isBroken }) => isBroken).length;
  const skipped = grades.filter(({ state }) => state === "skipped").length;
  return [
    `Submissions: ${submissions.length}; on average ${mean("required")} ` +
    `required and ${mean("extra")} extra`,
    ...refused > 0 ? [`Exercises refused: ${refused}`] : [],
    ...skipped > 0 ? [`Checks skipped on this system: ${skipped}`] : [],
    ...broken > 0 ? [`Checks broken, to be repeated: ${broken}`] : [],
    `Seed: ${seed}; time: ${Math.round(seconds)} s`,
  ];
}

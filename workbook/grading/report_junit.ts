/**
 * Grades as JUnit's XML, which most tools for marking and building can read.
 *
 * @module
 */
import { describeCauses } from "../exercises/describe_outcomes.ts";
import type { ExerciseGrade, Grade, Grading } from "./grade.ts";

/** Writes a test suite for each exercise of each submission. */
export function toJunit({ submissions, seconds, seed }: Grading): string {
  const all = submissions.flatMap(({ exercises }) => exercises);
  const suites = submissions.flatMap(({ submission, exercises }) =>
    exercises.map((exercise) => suite(submission.name, exercise, seed))
  );
  const grades = all.flatMap(({ grades }) => grades);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${
      attributes({
        name: "MQTT workbook",
        ...counts(grades),
        time: seconds.toFixed(3),
      })
    }>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(
  submission: string,
  { exercise, state, causes, grades }: ExerciseGrade,
  seed: number,
): string {
  const className = `${submission}.${exercise.name}`;
  const time = grades.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    `  <testsuite${
      attributes({
        name: `${submission}: ${exercise.name}`,
        ...counts(grades),
        time: time.toFixed(3),
      })
    }>`,
    "    <properties>",
    `      <property${attributes({ name: "seed", value: seed })}/>`,
    `      <property${attributes({ name: "state", value: state })}/>`,
    "    </properties>",
    ...grades.map((grade) => testCase(className, grade)),
    ...causes.length === 0 ? [] : [
      `    <system-out>${
        escape(describeCauses(causes).join("\n"))
      }</system-out>`,
    ],
    "  </testsuite>",
  ].join("\n");
}

function counts(grades: readonly Grade[]) {
  const count = (which: (grade: Grade) => boolean) =>
    grades.filter(which).length;
  return {
    tests: grades.length,
    failures: count(({ state, isBroken }) => state === "failed" && !isBroken),
    errors: count(({ isBroken }) => isBroken ?? false),
    skipped: count(({ state }) => state === "skipped"),
  };
}

function testCase(className: string, grade: Grade): string {
  const { requirement, state, report, seconds, isBroken } = grade;
  const name = `${requirement.id}${requirement.extra ? " (extra)" : ""}`;
  const start = `    <testcase${
    attributes({ classname: className, name, time: seconds.toFixed(3) })
  }`;
  if (state === "passed") return `${start}/>`;
  const message = report.split("\n")[0] ?? "";
  const child = state === "skipped"
    ? `<skipped${attributes({ message })}/>`
    : element(isBroken ? "error" : "failure", message, report);
  return `${start}>\n      ${child}\n    </testcase>`;
}

function element(name: string, message: string, text: string): string {
  return `<${name}${attributes({ message })}>${escape(text)}</${name}>`;
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeAttribute(`${value}`)}"`)
    .join("");
}

/** Also keeps what a parser would turn into blanks. */
function escapeAttribute(text: string): string {
  return escape(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
}

// What isn't a Char of XML 1.0 (section 2.2): XML has no way to write it.
const NO_CHAR = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** What could do something to the terminal that a report is shown on. */
const CONTROLS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escape(text: string): string {
  return text
    .replaceAll(NO_CHAR, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(CONTROLS, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * Grades for other programs: JSON, CSV and the marks of a class.
 *
 * @module
 */
import { stringify } from "@std/csv";
import { printable } from "../../lib/printable.ts";
import { guardFormulas } from "../../lib/recording/guard_formulas.ts";
import type { Score } from "../exercises/check_exercise.ts";
import { printableJson } from "../terminal/printable_json.ts";
import {
  type ExerciseGrade,
  type Grade,
  type Grading,
  mostOf,
  type Scores,
  scoresOf,
  totalOf,
} from "./grade.ts";

/** Writes all that is known as JSON; `deno task grade --help` says how. */
export function toJson(grading: Grading): string {
  const { seed, exercises, submissions, seconds } = grading;
  const data = {
    seed,
    seconds: round(seconds),
    exercises: exercises.map((exercise) => ({
      name: exercise.name,
      ...points(mostOf([exercise]), "total"),
    })),
    submissions: submissions.map((one) => ({
      ...one.submission,
      ...points(totalOf(one), "passed"),
      exercises: one.exercises.map(exerciseData),
    })),
  };
  return `${printableJson(JSON.stringify(data, null, 2))}\n`;
}

function exerciseData(
  { exercise, state, note, causes, grades }: ExerciseGrade,
) {
  return {
    name: exercise.name,
    state,
    note,
    causes: causes.map(({ words, quote = [] }) => [words, ...quote].join("\n")),
    ...points(scoresOf(grades), "passed"),
    requirements: grades.map((grade) => ({
      id: grade.requirement.id,
      words: grade.requirement.words,
      part: partOf(grade),
      state: stateOf(grade),
      seconds: round(grade.seconds),
      report: grade.report,
    })),
  };
}

const COLUMNS = [
  "submission",
  "exercise",
  "requirement",
  "part",
  "state",
  "points",
];

/** Writes a row for each requirement of each submission. */
export function toCsv({ submissions }: Grading): string {
  const rows = submissions.flatMap(({ submission, exercises }) =>
    exercises.flatMap(({ exercise, state, grades }) =>
      grades.map((grade) => [
        printable(guardFormulas(submission.name)),
        exercise.name,
        grade.requirement.id,
        partOf(grade),
        state === "checked" ? stateOf(grade) : state,
        grade.state === "passed" ? 1 : 0,
      ])
    )
  );
  return stringify([COLUMNS, ...rows]);
}

/**
 * Writes a row for each submission, to reckon marks from: what is passed of
 * each exercise's required points, and in all. The first row has what there is
 * to reach. What wasn't started is empty, and what isn't run says so: neither
 * counts in a spreadsheet's sums.
 */
export function toMarks({ exercises, submissions }: Grading): string {
  const most = mostOf(exercises);
  const rows = submissions.map((one) => {
    const total = totalOf(one);
    return [
      printable(guardFormulas(one.submission.name)),
      ...one.exercises.map(({ state, grades }) =>
        state === "checked"
          ? scoresOf(grades).required.passed
          : state === "refused"
          ? state
          : ""
      ),
      total.required.passed,
      total.extra.passed,
    ];
  });
  return stringify([
    ["submission", ...exercises.map(({ name }) => name), "required", "extra"],
    [
      "points",
      ...exercises.map((exercise) => mostOf([exercise]).required.total),
      most.required.total,
      most.extra.total,
    ],
    ...rows,
  ]);
}

function partOf({ requirement }: Grade): "required" | "extra" {
  return requirement.extra ? "extra" : "required";
}

function stateOf({ state, isBroken }: Grade): Grade["state"] | "broken" {
  return isBroken ? "broken" : state;
}

function points({ required, extra }: Scores, count: keyof Score) {
  return { required: required[count], extra: extra[count] };
}

/** In milliseconds. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

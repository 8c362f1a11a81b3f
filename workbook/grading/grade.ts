/**
 * What grading finds out, as data.
 *
 * @module
 */
import { type Score, scoreOf } from "../exercises/check_exercise.ts";
import type { Finding } from "../checking/finding.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import type { Submission } from "./submission.ts";

/** How one requirement came out for one submission. */
export interface Grade extends Outcome {
  /** How long it took to find out. */
  seconds: number;
  /** Whether the check itself broke, which says nothing about the program. */
  isBroken?: boolean;
}

/** How one exercise came out for one submission. */
export interface ExerciseGrade {
  exercise: Exercise;
  /** `refused` programs are not run. */
  state: "checked" | "not started" | "refused";
  /** Why it was not checked; empty if it was. */
  note: string;
  /** What is wrong, the most important first. */
  causes: readonly Finding[];
  /** A grade for each requirement, also where nothing was checked. */
  grades: Grade[];
}

/** How one submission came out. */
export interface SubmissionGrade {
  submission: Submission;
  exercises: ExerciseGrade[];
}

/** All that one call of `grade` found out. */
export interface Grading {
  /** What chance began with, for each submission. */
  seed: number;
  exercises: readonly Exercise[];
  submissions: SubmissionGrade[];
  seconds: number;
}

/** The scores of what is required and of what is extra. */
export interface Scores {
  required: Score;
  extra: Score;
}

/** The scores of some grades. */
export function scoresOf(grades: readonly Outcome[]): Scores {
  return { required: scoreOf(grades, false), extra: scoreOf(grades, true) };
}

/** The scores of all exercises of a submission together. */
export function totalOf({ exercises }: SubmissionGrade): Scores {
  return scoresOf(exercises.flatMap(({ grades }) => grades));
}

/** How many points there are, which all submissions have in common. */
export function mostOf(exercises: readonly Exercise[]): Scores {
  const outcomes = exercises.flatMap(({ requirements }) =>
    requirements.map((requirement): Outcome => ({
      requirement,
      state: "failed",
      report: "",
    }))
  );
  return scoresOf(outcomes);
}

/**
 * Grades all that a submission has.
 *
 * @module
 */
import { inOrder } from "../exercises/check_exercise.ts";
import { causesOf } from "../exercises/describe_outcomes.ts";
import { limited } from "../checking/confinement.ts";
import type { Finding } from "../checking/finding.ts";
import { pool } from "../checking/pool.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import { assertOwnImports } from "../checking/imports.ts";
import { stage } from "../checking/stage.ts";
import { findTypeErrors } from "../checking/type_errors.ts";
import { RefusedError } from "../checking/student_files.ts";
import type { ExerciseGrade, Grade, SubmissionGrade } from "./grade.ts";
import {
  gradeRequirement,
  LIMIT,
  type Task,
  type TaskOptions,
} from "./grade_requirement.ts";
import {
  AdaptiveDeadline,
  DEADLINES,
  type Deadlines,
} from "./adaptive_deadline.ts";
import {
  findExercises,
  MISSING,
  readCommandWork,
  readWork,
  type Submission,
} from "./submission.ts";

/** How submissions are graded. */
interface GradeOptions extends Omit<TaskOptions, "deadline" | "startDeadline"> {
  exercises: readonly Exercise[];
  /** The command that starts a program in another language. */
  command?: string | undefined;
  /** How long waits may take; those of the students' own checks unless given. */
  deadlines?: Deadlines;
  /** How long all of it may take, in milliseconds; 600,000 unless given. */
  budget?: number;
  /** Called as soon as a requirement is graded, or isn't to be checked. */
  onGrade: () => void;
}

/** A requirement that is to be checked, and then its grade. */
interface Entry extends Task {
  grade?: Grade;
}

/**
 * How many requirements are checked at once. Most of a check is waiting. A check
 * runs one program, or two, so that this bounds what a submission takes.
 */
const AT_ONCE = 6;

/** Ten times what a solution takes where all jobs share one processor. */
const BUDGET = 600_000;

/**
 * Grades a submission.
 *
 * @throws What the signal was aborted with.
 */
export async function gradeSubmission(
  submission: Submission,
  { exercises, onGrade, command, ...options }: GradeOptions,
): Promise<SubmissionGrade> {
  const folder = findExercises(submission, exercises);
  const entries: Entry[] = [];
  const results: ExerciseGrade[] = [];
  for (const exercise of exercises) {
    options.signal.throwIfAborted();
    const { state, note, programs } = await prepare(exercise, {
      folder,
      command,
      flags: options.flags,
    });
    const requirements = inOrder(exercise);
    const grades = programs === undefined
      ? requirements.map((requirement) => zero(requirement, state, note))
      : [];
    for (const requirement of requirements) {
      if (programs === undefined) onGrade();
      else entries.push({ exercise, requirement, programs });
    }
    results.push({ exercise, state, note, grades, causes: [] });
  }
  await gradeEntries(entries, { ...options, onGrade });
  for (const { exercise, grades } of results) {
    const own = entries.filter((entry) => entry.exercise === exercise);
    grades.push(...own.map(({ grade }) => grade!));
  }
  const typeErrors = await findErrors(entries, options);
  for (const result of results) {
    const errors = typeErrors.get(result.exercise.name) ?? [];
    if (result.state !== "checked") continue;
    result.causes = causesOf(result.grades, errors);
  }
  return { submission, exercises: results };
}

/**
 * Checks the types of the exercises that have failed something, all at once: of
 * what a check of types takes, most is for the toolkit.
 *
 * @returns What is wrong, by the exercises' names.
 */
async function findErrors(
  entries: readonly Entry[],
  { flags, signal }: Pick<GradeOptions, "flags" | "signal">,
): Promise<Map<string, Finding[]>> {
  const failed = entries.filter(({ grade }) => grade?.state === "failed");
  const files = Object.fromEntries(
    failed.flatMap(({ exercise: { name }, programs }) =>
      Object.entries(programs.files).map(([file, bytes]) =>
        [`${name}/${file}`, bytes] as const
      )
    ),
  );
  const found = new Map<string, Finding[]>();
  if (Object.keys(files).length === 0) return found;
  await using staged = await stage("", files, flags);
  const errors = await findTypeErrors(staged.folder, {
    files,
    flags: staged.flags,
    signal,
    limit: limited,
    deadline: LIMIT,
  });
  for (const [path, findings] of errors) {
    const [name = ""] = path.split("/");
    found.set(name, [...found.get(name) ?? [], ...findings]);
  }
  return found;
}

/** What is to be checked of an exercise, or why nothing is. */
interface Prepared {
  state: ExerciseGrade["state"];
  note: string;
  programs?: Task["programs"];
}

async function prepare(
  exercise: Exercise,
  { folder, command, flags }: {
    folder: string | undefined;
    command: string | undefined;
    flags: readonly string[];
  },
): Promise<Prepared> {
  if (folder === undefined) return { state: "not started", note: MISSING };
  if (command !== undefined) {
    const words = readCommandWork(folder, exercise, command);
    return words === undefined
      ? { state: "not started", note: MISSING }
      : { state: "checked", note: "", programs: { files: {}, command: words } };
  }
  const work = await readWork(folder, exercise);
  if (work.state !== "started") return work;
  const { files } = work;
  try {
    await assertOwnImports(exercise, files, flags);
    return { state: "checked", note: "", programs: { files } };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { state: "refused", note: error.message };
  }
}

/** No point, without a check. */
function zero(
  requirement: Outcome["requirement"],
  state: ExerciseGrade["state"],
  note: string,
): Grade {
  const report = state === "refused"
    ? `Refused: ${note}`
    : `Not started (${note})`;
  return { requirement, state: "failed", report, seconds: 0 };
}

/**
 * How long a program may take to its first sign when it is tried once more, in
 * milliseconds: ten times what a start takes where much else runs.
 */
const SECOND_START = 20_000;

/**
 * Grades the requirements. Those that failed are tried once more, with the long deadline,
 * if the exercise turns out to do something right: a machine that is busy with
 * other submissions mustn't cost a point. Where nothing of an exercise passed,
 * one of them tells whether the machine was the reason.
 */
async function gradeEntries(
  entries: readonly Entry[],
  { deadlines = DEADLINES, budget = BUDGET, onGrade, ...options }: Omit<
    GradeOptions,
    "exercises" | "command"
  >,
): Promise<void> {
  const end = performance.now() + budget;
  const adaptive = new AdaptiveDeadline(deadlines);
  const gradeOne = async (
    entry: Entry,
    times: Pick<TaskOptions, "deadline" | "startDeadline">,
  ) => {
    const left = end - performance.now();
    if (left > 0) {
      const limit = Math.min(options.limit ?? LIMIT, left);
      return await gradeRequirement(entry, { ...options, ...times, limit });
    }
    const report = `Not checked: before it, the submission took ${
      budget / 1000
    } s`;
    const { requirement } = entry;
    return { requirement, state: "failed" as const, report, seconds: 0 };
  };
  await pool(entries, AT_ONCE, async (entry) => {
    const { deadline } = adaptive;
    const grade = await gradeOne(entry, { deadline });
    adaptive.learn(grade);
    entry.grade = grade;
    onGrade();
  });
  const tryAgain = async (entries: readonly Entry[]) => {
    await pool(entries, AT_ONCE, async (entry) => {
      if (performance.now() >= end) return;
      entry.grade = await gradeOne(entry, {
        deadline: deadlines.long,
        startDeadline: Math.max(deadlines.long, SECOND_START),
      });
    });
  };
  const passed = entriesOf(entries, "passed");
  const failed = entriesOf(entries, "failed");
  const firstOfDead = [...failed.keys()]
    .filter((exercise) => !passed.has(exercise))
    .map((exercise) => failed.get(exercise)![0]!);
  await tryAgain(firstOfDead);
  const alive = entriesOf(entries, "passed");
  await tryAgain(
    [...alive.keys()]
      .flatMap((exercise) => failed.get(exercise) ?? [])
      .filter((entry) => !firstOfDead.includes(entry)),
  );
}

/** The requirements that came out in one way, by their exercises. */
function entriesOf(
  entries: readonly Entry[],
  state: Grade["state"],
): Map<Exercise, Entry[]> {
  return Map.groupBy(
    entries.filter(({ grade }) => grade?.state === state),
    ({ exercise }) => exercise,
  );
}

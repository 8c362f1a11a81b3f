/**
 * Grades all that a submission has.
 *
 * @module
 */
import { inOrder } from "../_check_exercise.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import { stage } from "../checking/stage.ts";
import type { ExerciseGrade, Grade, SubmissionGrade } from "./grade.ts";
import {
  gradeRequirement,
  type Task,
  type TaskOptions,
} from "./grade_requirement.ts";
import { outsideImports } from "./imports.ts";
import { DEADLINES, type Deadlines, Patience } from "./patience.ts";
import { pool } from "./pool.ts";
import {
  findExercises,
  readCommandWork,
  readWork,
  type Submission,
} from "./submission.ts";

/** How submissions are graded. */
interface GradeOptions extends Omit<TaskOptions, "deadline"> {
  exercises: readonly Exercise[];
  /** The command that starts a program in another language. */
  command?: string | undefined;
  /** How long waits may take; those of the students' own checks unless given. */
  deadlines?: Deadlines;
  /** Called as soon as a requirement is graded, or isn't to be checked. */
  onGrade: () => void;
}

/** A requirement that is to be checked, and then its grade. */
interface Entry extends Task {
  grade?: Grade;
  wasHurried: boolean;
}

/** How many requirements are checked at once. Most of a check is waiting. */
const AT_ONCE = 6;

/**
 * Grades a submission.
 *
 * @throws What the signal was aborted with.
 */
export async function gradeSubmission(
  submission: Submission,
  { exercises, onGrade, command, deadlines = DEADLINES, ...options }:
    GradeOptions,
): Promise<SubmissionGrade> {
  const folder = findExercises(submission, exercises);
  const entries: Entry[] = [];
  const results: ExerciseGrade[] = [];
  for (const exercise of exercises) {
    options.signal.throwIfAborted();
    const { state, note, programs } = await prepare(exercise, {
      submission,
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
      else {
        entries.push({ exercise, requirement, programs, wasHurried: false });
      }
    }
    results.push({ exercise, state, note, grades });
  }
  await gradeEntries(entries, options, { deadlines, onGrade });
  for (const { exercise, grades } of results) {
    const own = entries.filter((entry) => entry.exercise === exercise);
    grades.push(...own.map(({ grade }) => grade!));
  }
  return { submission, exercises: results };
}

/** What is to be checked of an exercise, or why nothing is. */
interface Prepared {
  state: ExerciseGrade["state"];
  note: string;
  programs?: Task["programs"];
}

async function prepare(
  exercise: Exercise,
  { submission, folder, command, flags }: {
    submission: Submission;
    folder: string | undefined;
    command: string | undefined;
    flags: readonly string[];
  },
): Promise<Prepared> {
  if (folder === undefined) return { state: "not started", note: "missing" };
  if (command !== undefined) {
    const words = readCommandWork(folder, exercise, command);
    return words === undefined
      ? { state: "not started", note: "missing" }
      : { state: "checked", note: "", programs: { files: {}, command: words } };
  }
  const work = await readWork(submission, folder, exercise);
  if (work.state !== "started") return work;
  const { files } = work;
  const note = await refusal(exercise, files, flags);
  return note === ""
    ? { state: "checked", note, programs: { files } }
    : { state: "refused", note };
}

/** Why programs aren't run; empty if they are. */
async function refusal(
  { name }: Exercise,
  files: Record<string, string>,
  flags: readonly string[],
): Promise<string> {
  try {
    await using staged = await stage(name, files);
    const modules = Object.keys(files).filter((file) =>
      !file.endsWith(".json")
    );
    const outside = await outsideImports(staged.folder, modules, flags);
    if (outside.length === 0) return "";
    return `it imports ${
      outside.map((url) => `"${url}"`).join(", ")
    }, which is neither its own nor the toolkit's`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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
 * Grades the requirements. Those that failed in a hurry are tried once more,
 * with patience, if the exercise turns out to do something right.
 */
async function gradeEntries(
  entries: readonly Entry[],
  options: Omit<TaskOptions, "deadline">,
  { deadlines, onGrade }: { deadlines: Deadlines; onGrade: () => void },
): Promise<void> {
  const patience = new Patience(deadlines);
  await pool(entries, AT_ONCE, async (entry) => {
    const { isOver, deadline } = patience;
    const grade = await gradeRequirement(entry, { ...options, deadline });
    patience.learn(grade.state, grade.seconds, deadline);
    Object.assign(entry, { grade, wasHurried: isOver });
    onGrade();
  });
  const alive = new Set(
    entries
      .filter(({ grade }) => grade?.state === "passed")
      .map(({ exercise }) => exercise),
  );
  const again = entries.filter(({ exercise, wasHurried, grade }) =>
    wasHurried && grade?.state === "failed" && alive.has(exercise)
  );
  await pool(again, AT_ONCE, async (entry) => {
    const deadline = deadlines.long;
    entry.grade = await gradeRequirement(entry, { ...options, deadline });
  });
}

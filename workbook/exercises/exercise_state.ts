/**
 * How far a student has come with an exercise: a file that is still the stub isn't
 * begun.
 *
 * @module
 */
import type { Exercise } from "../checking/requirement.ts";
import { exerciseFile, programFiles, readText } from "./exercises.ts";
import type { Progress } from "./progress.ts";

/** How far a student has come with an exercise. */
type ExerciseState = "not started" | "started" | "solved";

/**
 * Whether a text is that of the stub, whatever ends its lines.
 *
 * @param exercise The exercise.
 * @param file Which of its programs, such as `main.ts`.
 * @param text The program's text; nothing if there is none.
 */
export async function isStub(
  exercise: Exercise,
  file: string,
  text: string | undefined,
): Promise<boolean> {
  const stub = await readText(exerciseFile(exercise, "stub", file));
  return text?.replaceAll("\r\n", "\n").trimEnd() === stub?.trimEnd();
}

/** Whether all of the student's programs are still as they were. */
export async function isUntouched(exercise: Exercise): Promise<boolean> {
  for (const file of programFiles(exercise)) {
    const text = await readText(exerciseFile(exercise, "work", file));
    if (!await isStub(exercise, file, text)) return false;
  }
  return true;
}

/** How far the student has come, as the list of exercises says it. */
export async function stateOf(
  exercise: Exercise,
  { solved }: Progress,
): Promise<ExerciseState> {
  if (solved.includes(exercise.name)) return "solved";
  return await isUntouched(exercise) ? "not started" : "started";
}

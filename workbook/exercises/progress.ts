/**
 * How far a student has come, and what they may see: a file that is still the stub
 * isn't begun.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Exercise } from "../checking/requirement.ts";
import { writeWhole } from "../options/files.ts";
import { UsageError } from "../options/program.ts";
import { exerciseFile, numberOf, programFiles, readText } from "./exercises.ts";

/** What a student has reached, by the exercises' names. */
interface Progress {
  /** The exercises of which all that is required has passed, when last checked. */
  solved: string[];
}

const FOLDER = new URL("../../.workbook/", import.meta.url);
const FILE = fileURLToPath(new URL("progress.json", FOLDER));

/** Reads the progress; there is none yet if the file is missing or broken. */
export async function readProgress(): Promise<Progress> {
  try {
    const data: Partial<Progress> | null = JSON.parse(
      await Deno.readTextFile(FILE),
    );
    const solved = Array.isArray(data?.solved) ? data.solved : [];
    return { solved: solved.filter((name) => typeof name === "string") };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) {
      return { solved: [] };
    }
    throw error;
  }
}

/**
 * Notes that an exercise is solved, or no longer. The file is replaced as a whole, or
 * not at all.
 *
 * @throws {Error} If it can't be written.
 */
export async function noteSolved(
  name: string,
  isSolved: boolean,
): Promise<void> {
  const { solved } = await readProgress();
  const others = solved.filter((other) => other !== name);
  const progress: Progress = {
    solved: isSolved ? [...others, name].sort() : others,
  };
  await Deno.mkdir(FOLDER, { recursive: true });
  await writeWhole(FILE, `${JSON.stringify(progress, null, 2)}\n`);
}

/** How far a student has come with an exercise. */
type ExerciseState = "not started" | "started" | "solved";

/**
 * Whether a text is that of the stub, whatever ends its lines.
 *
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

/**
 * Whether a student may see the solution of an exercise: it is solved, or they want
 * to see it all the same.
 *
 * @param command The command that shows it to whoever is sure.
 * @throws {UsageError} If there is no terminal to ask on.
 */
export async function maySeeSolution(
  exercise: Exercise,
  command: string,
): Promise<boolean> {
  const { solved } = await readProgress();
  if (solved.includes(exercise.name)) return true;
  const number = numberOf(exercise);
  if (Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) {
    return confirm(
      `Exercise ${number} isn't solved yet. Show its solution all the same?`,
    );
  }
  throw new UsageError(
    `Exercise ${number} isn't solved yet: without a terminal to ask on, ` +
      `"${command}" shows its solution`,
  );
}

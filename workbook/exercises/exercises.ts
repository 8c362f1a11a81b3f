/**
 * The exercises, and the files that a student edits.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { UsageError } from "../options/program.ts";
import type { Exercise } from "../checking/requirement.ts";

const PROJECT = new URL("../../", import.meta.url);
const CHECKS = new URL("checks/", PROJECT);

/** Where an exercise's programs are: the student's, how they began, worked out. */
type Place = "work" | "stub" | "solution";

/**
 * Reads all exercises, in order.
 *
 * @throws {Error} If one has no checks, or another name than its folder, as a copy has.
 */
export async function listExercises(): Promise<Exercise[]> {
  const folders = Array.from(Deno.readDirSync(CHECKS))
    .filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name)
    .sort();
  return await Promise.all(folders.map(async (folder) => {
    const file = new URL(`${folder}/check.ts`, CHECKS);
    if (await readText(fileURLToPath(file)) === undefined) {
      throw new Error(
        `"checks/${folder}/check.ts" is missing: each exercise has one`,
      );
    }
    const { exercise }: { exercise: Exercise } = await import(file.href);
    if (exercise.name === folder) return exercise;
    throw new Error(
      `Exercise in "checks/${folder}/check.ts" is named "${exercise.name}": ` +
        `it must be named "${folder}", as its folder is`,
    );
  }));
}

/** Finds the exercise that a command is called with. */
export async function namedExercise(
  text: string | undefined,
): Promise<Exercise> {
  const exercises = await listExercises();
  if (text !== undefined) return findExercise(exercises, text);
  throw new UsageError(
    `An exercise's number or name is missing: ${listNames(exercises)}`,
  );
}

/**
 * Finds an exercise by its number or its name.
 *
 * @throws {UsageError} If there is none.
 */
export function findExercise(
  exercises: readonly Exercise[],
  text: string,
): Exercise {
  const found = exercises.find(({ name }) =>
    name === text || name.slice(3) === text ||
    /^\d+$/.test(text) && Number(name.slice(0, 2)) === Number(text)
  );
  if (found !== undefined) return found;
  throw new UsageError(
    `Exercise "${text}" is unknown: ${listNames(exercises)}`,
  );
}

function listNames(exercises: readonly Exercise[]): string {
  return `there are ${exercises.map(({ name }) => name).join(", ")}`;
}

/** An exercise's number in two digits. */
export function numberOf({ name }: Exercise): string {
  return name.slice(0, 2);
}

/** What an exercise is called: `Exercise 01: Presence`. */
export async function headingOf(exercise: Exercise): Promise<string> {
  return `Exercise ${numberOf(exercise)}: ${await titleOf(exercise)}`;
}

/** The title on an exercise's page. */
export async function titleOf(exercise: Exercise): Promise<string> {
  const title = await onPage(exercise, /^# Exercise \d+: (.+)$/m);
  return title?.trim() ?? exercise.name.slice(3);
}

/** How long an exercise takes, as its page says; nothing if it doesn't. */
export async function minutesOf(
  exercise: Exercise,
): Promise<string | undefined> {
  return await onPage(exercise, /^- Minutes: (\d+)$/m);
}

async function onPage(
  exercise: Exercise,
  pattern: RegExp,
): Promise<string | undefined> {
  const page = await readText(exerciseFile(exercise, "work", "README.md"));
  return pattern.exec(page ?? "")?.[1];
}

/** Where a file of an exercise is, seen from the project's folder. */
export function placeOf(
  { name }: Exercise,
  file: string,
  place: Place = "work",
): string {
  const folders = {
    work: `exercises/${name}`,
    stub: `checks/${name}/stub`,
    solution: `solutions/${name}`,
  };
  return `${folders[place]}/${file}`;
}

/** A file of an exercise, of its stub or of its solution. */
export function exerciseFile(
  exercise: Exercise,
  place: Place,
  file: string,
): string {
  return fileURLToPath(new URL(placeOf(exercise, file, place), PROJECT));
}

/** The files that a student edits, by name. */
export function programFiles({ programs }: Exercise): string[] {
  return programs.map((program) => `${program}.ts`);
}

/**
 * Fails if a program isn't there: the student may have removed it, or whoever made
 * the exercise has not written it, or keeps it.
 *
 * @throws {Error} If one is missing.
 */
export async function assertComplete(
  exercise: Exercise,
  place: Place = "work",
): Promise<void> {
  const number = numberOf(exercise);
  const why = place === "work"
    ? `"deno task reset ${number}" puts it back`
    : `exercise ${number} has no ${place}`;
  for (const file of programFiles(exercise)) {
    const text = await readText(exerciseFile(exercise, place, file));
    if (text !== undefined) continue;
    throw new Error(`"${placeOf(exercise, file, place)}" is missing: ${why}`);
  }
}

/** A text file with LF at the ends of its lines; nothing if there is none. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(file)).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The hints of an exercise, the first one first. */
export async function readHints(exercise: Exercise): Promise<string[]> {
  const page = await readText(exerciseFile(exercise, "work", "hints.md"));
  return (page ?? "").split(/^## Hint \d+$/m).slice(1)
    .map((text) => text.trim());
}

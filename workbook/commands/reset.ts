/**
 * Puts an exercise back to how it began.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  assertComplete,
  exerciseFile,
  namedExercise,
  numberOf,
  programFiles,
  readText,
} from "../exercises/exercises.ts";
import { runProgram } from "../options/program.ts";
import { isUntouched, noteSolved } from "../exercises/progress.ts";
import type { Exercise } from "../checking/requirement.ts";

const HELP = `
Puts an exercise back to how it began, and keeps a copy of your work.

Usage: deno task reset EXERCISE

EXERCISE is a number such as 03, or a name such as chat.
`;

const BACKUPS = new URL("../../.workbook/backups/", import.meta.url);

/**
 * Puts an exercise back to how it began. Nothing of the student's work is
 * changed before all of it has been copied.
 *
 * @returns The folder with the student's work, or nothing if it was untouched.
 */
async function resetExercise(
  exercise: Exercise,
): Promise<string | undefined> {
  await assertComplete(exercise, "stub");
  if (await isUntouched(exercise)) return undefined;
  const backup = await backUp(exercise);
  for (const file of programFiles(exercise)) {
    const target = exerciseFile(exercise, "work", file);
    const part = `${target}.${crypto.randomUUID()}`;
    try {
      await Deno.mkdir(dirname(target), { recursive: true });
      await Deno.copyFile(exerciseFile(exercise, "stub", file), part);
      await Deno.rename(part, target);
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      throw error;
    }
  }
  await noteSolved(exercise.name, false);
  return backup;
}

/** Copies the student's work to a folder of its own, named after the time. */
async function backUp(exercise: Exercise): Promise<string> {
  // Colons can't be in a name on Windows.
  const time = new Date().toISOString().replace("T", "_").replace("Z", "")
    .replaceAll(/[:.]/g, "-");
  const parent = new URL(`${exercise.name}/`, BACKUPS);
  await Deno.mkdir(parent, { recursive: true });
  const folder = fileURLToPath(new URL(time, parent));
  await Deno.mkdir(folder);
  for (const file of programFiles(exercise)) {
    const work = exerciseFile(exercise, "work", file);
    if (await readText(work) === undefined) continue; // Removed by the student
    await Deno.copyFile(work, `${folder}/${file}`);
  }
  return folder;
}

await runProgram({
  help: HELP,
  names: { positional: 1 },
  async main(options) {
    const exercise = await namedExercise(options.positional[0]);
    const backup = await resetExercise(exercise);
    const name = `Exercise ${numberOf(exercise)}`;
    console.log(
      backup === undefined
        ? `${name} is as it began: nothing to do`
        : `${name} is reset. Your work is in ${backup}`,
    );
  },
});

import type { Exercise } from "../checking/requirement.ts";
import { UsageError } from "../options/program.ts";
import { numberOf } from "./exercises.ts";
import { readProgress } from "./progress.ts";

/**
 * Whether a student may see the solution of an exercise: it is solved, or they want
 * to see it all the same.
 *
 * @param exercise The exercise.
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

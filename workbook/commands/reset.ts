/**
 * Puts an exercise back to how it began.
 *
 * @module
 */
import { namedExercise, numberOf } from "../exercises/exercises.ts";
import { runProgram } from "../options/program.ts";
import { resetExercise } from "../exercises/reset.ts";

const HELP = `
Puts an exercise back to how it began, and keeps a copy of your work.

Usage: deno task reset EXERCISE

EXERCISE is a number such as 03, or a name such as chat.
`;

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

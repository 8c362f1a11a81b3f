/**
 * Shows the hints of an exercise, one at a time.
 *
 * @module
 */
import { namedExercise, numberOf } from "../exercises/exercises.ts";
import { takeHint } from "../exercises/hints.ts";
import { runProgram } from "../options/program.ts";

const HELP = `
Shows a hint for an exercise.

Usage: deno task hint EXERCISE [--more]

EXERCISE is a number such as 03, or a name such as chat.

  --more  the hint after the one that was shown last; without it, the first
`;

await runProgram({
  help: HELP,
  names: { positional: 1, boolean: ["more"] },
  async main(options) {
    const exercise = await namedExercise(options.positional[0]);
    const number = numberOf(exercise);
    const hint = await takeHint(
      exercise,
      options.has("more") ? "next" : "first",
    );
    if (hint === undefined) {
      console.log(
        `Exercise ${number} has no more hints. ` +
          `Its solution: deno task solution ${number}`,
      );
      return;
    }
    console.log(`Hint ${hint.number} of ${hint.count}\n\n${hint.text}`);
    if (hint.number < hint.count) {
      console.log(`\nThe next one: deno task hint ${number} --more`);
    }
  },
});

/**
 * Shows the hints of an exercise, one at a time.
 *
 * @module
 */
import { namedExercise, numberOf, readHints } from "../exercises/exercises.ts";
import { runProgram, UsageError } from "../options/program.ts";

const HELP = `
Shows a hint for an exercise.

Usage: deno task hint EXERCISE [N]

EXERCISE is a number such as 03, or a name such as chat. N says which hint, the
first unless given: each tells more than the one before.
`;

await runProgram({
  help: HELP,
  names: { positional: 2 },
  async main(options) {
    const [name, which = "1"] = options.positional;
    const exercise = await namedExercise(name);
    const number = numberOf(exercise);
    const hints = await readHints(exercise);
    if (hints.length === 0) throw new Error(`Exercise ${number} has no hints`);
    const hint = /^\d+$/.test(which) ? hints[Number(which) - 1] : undefined;
    if (hint === undefined) {
      throw new UsageError(
        `Hint "${which}" of exercise ${number} is unknown: it must be ` +
          `1 to ${hints.length}`,
      );
    }
    const next = Number(which) + 1;
    console.log(`Hint ${Number(which)} of ${hints.length}\n\n${hint}\n`);
    console.log(
      next <= hints.length
        ? `The next one: deno task hint ${number} ${next}`
        : `The solution: deno task solution ${number}`,
    );
  },
});

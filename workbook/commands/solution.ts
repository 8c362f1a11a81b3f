/**
 * Shows the solution of an exercise.
 *
 * @module
 */
import {
  assertComplete,
  exerciseFile,
  namedExercise,
  numberOf,
  placeOf,
  programFiles,
} from "../exercises/exercises.ts";
import { maySeeSolution } from "../exercises/progress.ts";
import { runProgram } from "../options/program.ts";

const HELP = `
Shows the solution of an exercise. If you haven't solved it yet, it asks first.

Usage: deno task solution EXERCISE [--yes]

EXERCISE is a number such as 03, or a name such as chat.

  --yes  show it without asking
`;

await runProgram({
  help: HELP,
  names: { positional: 1, boolean: ["yes"] },
  async main(options) {
    const exercise = await namedExercise(options.positional[0]);
    await assertComplete(exercise, "solution");
    const sure = `deno task solution ${numberOf(exercise)} --yes`;
    if (!options.has("yes") && !await maySeeSolution(exercise, sure)) return;
    for (const file of programFiles(exercise)) {
      const text = await Deno.readTextFile(
        exerciseFile(exercise, "solution", file),
      );
      console.log(
        `// ${placeOf(exercise, file, "solution")}\n\n${text.trimEnd()}`,
      );
    }
  },
});

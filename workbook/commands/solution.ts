/**
 * Shows the solution of an exercise.
 *
 * @module
 */
import {
  exerciseFile,
  namedExercise,
  numberOf,
  programFiles,
} from "../exercises/exercises.ts";
import { runProgram, UsageError } from "../options/program.ts";
import { readProgress } from "../exercises/progress.ts";

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
    const { solved } = await readProgress();
    const isFree = solved.includes(exercise.name) || options.has("yes");
    if (!isFree && !asks(numberOf(exercise))) return;
    for (const file of programFiles(exercise)) {
      const text = await Deno.readTextFile(
        exerciseFile(exercise, "solution", file),
      );
      console.log(`// solutions/${exercise.name}/${file}\n\n${text.trimEnd()}`);
    }
  },
});

/** Whether the user wants to see it all the same. */
function asks(number: string): boolean {
  if (Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) {
    return confirm(
      `Exercise ${number} isn't solved yet. Show its solution all the same?`,
    );
  }
  throw new UsageError(
    `Exercise ${number} isn't solved yet: without a terminal to ask on, ` +
      `"deno task solution ${number} --yes" shows its solution`,
  );
}

/**
 * Lists the exercises.
 *
 * @module
 */
import {
  listExercises,
  minutesOf,
  numberOf,
  titleOf,
} from "../exercises/exercises.ts";
import { readProgress, stateOf } from "../exercises/progress.ts";
import { runProgram } from "../options/program.ts";

const HELP = `
Lists the exercises: not started, started or solved, number, name, minutes that
it may take, and title.

Usage: deno task exercises
`;

const STATE_WIDTH = "not started".length;

await runProgram({
  help: HELP,
  names: {},
  async main() {
    const exercises = await listExercises();
    const progress = await readProgress();
    const width = Math.max(...exercises.map(({ name }) => name.length)) - 3;
    for (const exercise of exercises) {
      const state = await stateOf(exercise, progress);
      console.log([
        state.padEnd(STATE_WIDTH),
        numberOf(exercise),
        exercise.name.slice(3).padEnd(width),
        `${(await minutesOf(exercise) ?? "?").padStart(2)} min`,
        await titleOf(exercise),
      ].join("  "));
    }
  },
});

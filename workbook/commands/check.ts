/**
 * Checks the student's programs.
 *
 * @module
 */
import { StopSignal } from "../../lib/mod.ts";
import { CheckRun } from "../exercises/check_run.ts";
import { readCommandLine } from "../launcher/command_line.ts";
import {
  exerciseFile,
  findExercise,
  listExercises,
} from "../exercises/exercises.ts";
import { runProgram, UsageError } from "../options/program.ts";

const HELP = `
Checks your programs, and says what is missing.

Usage: deno task check [EXERCISE] [--command COMMAND] [--seed N]

EXERCISE is a number such as 03, or a name such as chat. Without it, all that
you have started are checked.

  --command COMMAND  starts your program, in any language: "python3 main.py",
                     a file of the folder that you are in, or the exercise's.
                     {program} in it stands for the name of each program of an
                     exercise that has several. It isn't confined, and
                     need not log in: others on this machine may join in
  --seed N           repeats a run: N is what that run printed

Your programs may use the network to the broker of the check alone, with the
login in MQTT_URL, and read their own folder. They have what the workbook brings,
and no other packages.

The exit code is 0 if all that is required passes, 1 if not.
`;

const SEED_RANGE = { least: 0, most: 2 ** 32 - 1 };
const INTERRUPTED = 130;

export const program = await runProgram({
  help: HELP,
  names: { positional: 1, string: ["command", "seed"] },
  async main(options) {
    const [name] = options.positional;
    const exercises = await listExercises();
    const seed = options.number("seed", SEED_RANGE) ??
      Math.floor(Math.random() * 2 ** 32);
    const line = options.text("command");
    if (line !== undefined && (name === undefined || line.trim() === "")) {
      throw new UsageError(
        `Option --command is "${line}": it must be one exercise's command`,
      );
    }
    using stop = new StopSignal();
    using run = new CheckRun({ seed, signal: stop.signal });
    try {
      if (name === undefined) return await run.checkStarted(exercises);
      const exercise = findExercise(exercises, name);
      if (line === undefined) return await run.checkOne(exercise);
      console.error(
        "This program isn't confined: it may do whatever you may. Its broker " +
          "asks for no password: others on this machine may join in",
      );
      const command = readCommandLine(line, exercise.programs, [
        Deno.cwd(),
        exerciseFile(exercise, "work", ""),
      ]);
      return await run.checkOne(exercise, command);
    } catch (error) {
      if (stop.signal.aborted) return INTERRUPTED;
      throw error;
    }
  },
}, import.meta.main);

/**
 * A stranger's program, run as grading runs it.
 *
 * @module
 */
import type { Exercise, Outcome } from "../workbook/checking/requirement.ts";
import { checkRequirement } from "../workbook/checking/run_checks.ts";
import type { Trial } from "../workbook/checking/trial.ts";
import { denoFlags } from "./deno_flags.ts";

/** What a program did. */
interface Run {
  outcome: Outcome;
  lines: string[];
  seconds: number;
}

/**
 * Runs a program to its end, which must come within the deadline, or checks
 * something else.
 */
export async function runStranger(
  text: string,
  deadline = 15_000,
  check?: (trial: Trial) => Promise<unknown>,
): Promise<Run> {
  let lines: string[] = [];
  const requirement: Exercise["requirements"][number] = {
    id: "ends",
    words: "It ends",
    hint: 1,
    async check(trial) {
      const program = trial.start();
      try {
        await (check?.(trial) ?? trial.ended(program));
      } finally {
        lines = program.lines;
      }
    },
  };
  const exercise: Exercise = {
    name: "01_presence",
    programs: ["main"],
    requirements: [requirement],
  };
  const began = performance.now();
  const outcome = await checkRequirement(exercise, requirement, {
    files: { "main.ts": new TextEncoder().encode(text) },
    seed: 1,
    flags: denoFlags(),
    deadline,
  });
  const seconds = (performance.now() - began) / 1000;
  return { outcome, lines, seconds };
}

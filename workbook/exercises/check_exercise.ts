import type {
  Exercise,
  Outcome,
  Requirement,
} from "../checking/requirement.ts";
import { pool } from "../checking/pool.ts";
import {
  checkRequirement,
  type ChecksOptions,
} from "../checking/run_checks.ts";

/** How an exercise is checked. */
export interface CheckExerciseOptions extends ChecksOptions {
  /** Gives up, and ends all that was started. */
  signal: AbortSignal;
  /** Gets each outcome as soon as it is there, and its place in order. */
  onOutcome: (outcome: Outcome, index: number) => void;
  /** Which requirements are checked, by their places in order; all unless given. */
  only?: readonly number[];
}

/** How many of the required, or of the extra, requirements have passed. */
export interface Score {
  passed: number;
  skipped: number;
  total: number;
}

/** How many requirements are checked at once. Most of a check is waiting. */
const AT_ONCE = 5;

/** The requirements of an exercise: those that are required, then the others. */
export function inOrder({ requirements }: Exercise): Requirement[] {
  return [
    ...requirements.filter(({ extra }) => !extra),
    ...requirements.filter(({ extra }) => extra),
  ];
}

/**
 * Checks all that an exercise asks for, some of it at the same time.
 *
 * @param options What is checked, and who hears of it.
 * @returns The outcomes, in their places.
 * @throws What the signal was aborted with.
 */
export async function checkExercise(
  exercise: Exercise,
  { signal, onOutcome, only, ...options }: CheckExerciseOptions,
): Promise<Outcome[]> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const outcomes: Outcome[] = [];
  let dead: Outcome | undefined;
  const check = async ([index, requirement]: [number, Requirement]) => {
    stop.throwIfAborted();
    const tried = endedBy(stop, requirement);
    const outcome = dead ?? await checkRequirement(exercise, tried, options);
    stop.throwIfAborted();
    outcomes[index] = { ...outcome, requirement };
    // A program that gets nowhere does so each time, after a long wait.
    if (exercise.programs.length === 1 && outcome.finding?.isFatal) {
      dead ??= outcome;
    }
    onOutcome(outcomes[index], index);
  };
  const entries = [...inOrder(exercise).entries()]
    .filter(([index]) => only?.includes(index) ?? true);
  await pool(entries, AT_ONCE, async (entry) => {
    // What still runs for another requirement ends, too.
    await check(entry).catch((error) => {
      failure.abort(error);
      throw error;
    });
  });
  return outcomes;
}

/**
 * A requirement whose check is given up when a signal aborts. Its programs end
 * with its trial, and what is left of the check starts no others.
 */
export function endedBy(
  signal: AbortSignal,
  requirement: Requirement,
): Requirement {
  return {
    ...requirement,
    check(trial) {
      const start = trial.start.bind(trial);
      trial.start = (...args) => {
        signal.throwIfAborted();
        return start(...args);
      };
      const aborted = new Promise<never>((_, reject) => {
        const giveUp = () => reject(signal.reason);
        if (signal.aborted) giveUp();
        signal.addEventListener("abort", giveUp, { once: true });
      });
      return Promise.race([requirement.check(trial), aborted]);
    },
  };
}

/** Counts the outcomes of what is required, or of what is extra. */
export function scoreOf(
  outcomes: readonly Outcome[],
  isExtra: boolean,
): Score {
  const states = outcomes
    .filter(({ requirement }) => (requirement.extra ?? false) === isExtra)
    .map(({ state }) => state);
  const count = (wanted: Outcome["state"]) =>
    states.filter((state) => state === wanted).length;
  return {
    passed: count("passed"),
    skipped: count("skipped"),
    total: states.length,
  };
}

/** Whether all that is required has passed, where the system can check it. */
export function isSolved(outcomes: readonly Outcome[]): boolean {
  const { passed, skipped, total } = scoreOf(outcomes, false);
  return passed > 0 && passed + skipped === total;
}

/**
 * Grades one requirement, whatever the program does.
 *
 * @module
 */
import { endedBy } from "../exercises/check_exercise.ts";
import { CheckFailure } from "../checking/finding.ts";
import type { Exercise, Requirement } from "../checking/requirement.ts";
import {
  checkRequirement,
  type ChecksOptions,
} from "../checking/run_checks.ts";
import { Timer } from "../checking/timer.ts";
import type { Grade } from "./grade.ts";

/** What is graded. */
export interface Task {
  exercise: Exercise;
  requirement: Requirement;
  /** The student's files, and the command of another language. */
  programs: Pick<ChecksOptions, "files" | "command">;
}

/** How it is graded. */
export interface TaskOptions extends Pick<ChecksOptions, "seed" | "flags"> {
  /** How long each wait may take, in milliseconds. */
  deadline: number;
  /** How long the wait for a program's first sign may take; as long unless given. */
  startDeadline?: number;
  /** How long a check may take, in milliseconds; {@linkcode LIMIT} unless given. */
  limit?: number;
  /** Gives up, and ends all that was started. */
  signal: AbortSignal;
}

/** Several times what the longest check takes, in milliseconds. */
export const LIMIT = 60_000;

/** How long a check may take to tidy up, in milliseconds. */
const TIDYING = 20_000;

/**
 * Grades a requirement. A check that breaks gives no point, and says so.
 *
 * @throws What the signal was aborted with.
 */
export async function gradeRequirement(
  { exercise, requirement, programs }: Task,
  { signal, limit = LIMIT, ...options }: TaskOptions,
): Promise<Grade> {
  signal.throwIfAborted();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  using stop = new Stop(limit, signal);
  using stuck = new Timer(limit + TIDYING);
  try {
    const outcome = await Promise.race([
      checkRequirement(exercise, endedBy(stop.signal, requirement), {
        ...options,
        ...programs,
      }),
      stuck.over.then(() => {
        throw new Error("What it had started didn't end");
      }),
    ]);
    signal.throwIfAborted();
    return { ...outcome, requirement, seconds: seconds() };
  } catch (error) {
    signal.throwIfAborted();
    const report = `The check broke, which says nothing about the program: ${
      error instanceof Error ? error.message : error
    }`;
    return {
      requirement,
      state: "failed",
      report,
      seconds: seconds(),
      isBroken: true,
    };
  }
}

/**
 * Aborts when a time is over, or as another signal does. Unlike one that
 * `AbortSignal.any` makes, it isn't kept for as long as the other signal is.
 * Disposing of it stops it.
 */
class Stop implements Disposable {
  readonly #controller = new AbortController();
  readonly #other: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #follow = () => this.#controller.abort(this.#other.reason);

  constructor(milliseconds: number, other: AbortSignal) {
    this.#other = other;
    other.addEventListener("abort", this.#follow);
    this.#timer = setTimeout(() => {
      const failure = new CheckFailure({
        expected: `all of it within ${milliseconds / 1000} s`,
        seen: "It came too slowly.",
        isLate: true,
      });
      this.#controller.abort(failure);
    }, milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#other.removeEventListener("abort", this.#follow);
  }
}

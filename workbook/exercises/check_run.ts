import { printable } from "../../lib/printable.ts";
import {
  checkExercise,
  type CheckExerciseOptions,
  isSolved,
} from "./check_exercise.ts";
import {
  describeFailures,
  describeOutcome,
  describeScores,
} from "./describe_outcomes.ts";
import {
  assertComplete,
  headingOf,
  numberOf,
  placeOf,
  programFiles,
} from "./exercises.ts";
import { isUntouched } from "./exercise_state.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { noteSolved } from "./progress.ts";
import { progressBar } from "../terminal/progress_bar.ts";
import { wrap } from "../terminal/wrap.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import { ownFiles } from "../checking/run_checks.ts";
import { type Files, RefusedError } from "../checking/student_files.ts";

/** What all checks of a run have in common. */
type Common = Pick<CheckExerciseOptions, "seed" | "signal">;

/**
 * A run of `deno task check`: checks exercises, and prints what comes out.
 * Disposing of it clears the bar away.
 */
export class CheckRun implements Disposable {
  readonly #common: Common;
  /** What is shown on a terminal below all that is printed. */
  #bar = "";

  constructor(common: Common) {
    this.#common = common;
  }

  /**
   * Checks one exercise.
   *
   * @param exercise The exercise.
   * @param command Starts a program in another language, if it is in one.
   * @returns 0 if all that is required passes, 1 if not.
   */
  async checkOne(exercise: Exercise, command?: string[]): Promise<number> {
    if (command === undefined && await isUntouched(exercise)) {
      const files = programFiles(exercise)
        .map((file) => placeOf(exercise, file));
      console.error(`Not started yet: ${files.join(" and ")}`);
    }
    return await this.#check(exercise, command) ? 0 : 1;
  }

  /**
   * Checks all exercises that the student has started, and lists the others.
   *
   * @param exercises All exercises.
   * @returns 0 if all that is required of those that were checked passes.
   */
  async checkStarted(exercises: readonly Exercise[]): Promise<number> {
    const solved: Exercise[] = [];
    let started = 0;
    for (const [index, exercise] of exercises.entries()) {
      const heading = await headingOf(exercise);
      if (await isUntouched(exercise)) {
        this.#print(`${heading}: not started`);
        continue;
      }
      started++;
      this.#showBar(`${progressBar(index, exercises.length)}  ${heading}`);
      if (await this.#check(exercise)) solved.push(exercise);
    }
    this.#showBar("");
    this.#print(
      `Solved: ${solved.length} of ${started} started, ` +
        `${exercises.length} in all`,
    );
    return solved.length === started ? 0 : 1;
  }

  async #check(exercise: Exercise, command?: string[]): Promise<boolean> {
    if (command === undefined) await assertComplete(exercise);
    this.#print(`${await headingOf(exercise)} (seed ${this.#common.seed})\n`);
    const flags = launcherFlags();
    let files: Files = {};
    try {
      if (command === undefined) files = await ownFiles(exercise, flags);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.#print(`${error.message}\n`);
      await this.#note(exercise, false);
      return false;
    }
    const printer = new InOrder((line) => this.#print(line));
    const outcomes = await checkExercise(exercise, {
      ...this.#common,
      files,
      command,
      flags,
      onOutcome: (outcome, index) => printer.take(outcome, index),
    });
    this.#printResult(outcomes);
    await this.#note(exercise, isSolved(outcomes));
    return isSolved(outcomes);
  }

  #printResult(outcomes: Outcome[]): void {
    for (const failure of describeFailures(outcomes)) {
      this.#print(`\n${failure}`);
    }
    this.#print(["", ...describeScores(outcomes), ""].join("\n"));
  }

  /** What has been checked counts, also where nothing can be written. */
  async #note(exercise: Exercise, isSolved: boolean): Promise<void> {
    try {
      await noteSolved(exercise.name, isSolved);
    } catch (error) {
      const number = numberOf(exercise);
      const line = `Progress of exercise ${number} isn't noted: ${error}`;
      console.error(printable(line));
    }
  }

  /** Prints lines above the bar, as wide as the terminal is. */
  #print(text: string): void {
    const bar = this.#bar;
    this.#showBar("");
    const lines = text.split("\n").flatMap((line) =>
      Deno.stdout.isTerminal()
        ? wrap(line, Deno.consoleSize().columns, 2)
        : [line]
    );
    console.log(lines.join("\n"));
    this.#showBar(bar);
  }

  #showBar(bar: string): void {
    if (!Deno.stdout.isTerminal()) return;
    const { columns } = Deno.consoleSize();
    const text = wrap(bar, columns - 1)[0]!;
    Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
    this.#bar = bar;
  }

  [Symbol.dispose](): void {
    this.#showBar("");
  }
}

/** Prints outcomes in order, those that are required apart from the others. */
class InOrder {
  readonly #print: (line: string) => void;
  readonly #early = new Map<number, Outcome>();
  #next = 0;
  #heading = "";

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  take(outcome: Outcome, index: number): void {
    this.#early.set(index, outcome);
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) return;
      this.#next++;
      const heading = next.requirement.extra ? "Extra" : "Required";
      if (heading !== this.#heading) this.#print(this.#heading = heading);
      this.#print(`  ${describeOutcome(next)}`);
    }
  }
}

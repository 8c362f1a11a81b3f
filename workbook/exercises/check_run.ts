import { printable } from "../../lib/printable.ts";
import {
  checkExercise,
  type CheckExerciseOptions,
  isSolved,
} from "./check_exercise.ts";
import { resultLines } from "./result_lines.ts";
import {
  assertComplete,
  headingOf,
  numberOf,
  placeOf,
  programFiles,
} from "./exercises.ts";
import { isUntouched, noteSolved } from "./progress.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { progressBar, write } from "../terminal/terminal.ts";
import { wrap } from "../terminal/wrap.ts";
import type { Exercise } from "../checking/requirement.ts";
import { ownFiles, ownTypeErrors } from "../checking/run_checks.ts";
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
    for (const exercise of exercises) {
      const heading = await headingOf(exercise);
      if (await isUntouched(exercise)) {
        this.#print(`${heading}: not started`);
        continue;
      }
      started++;
      if (await this.#check(exercise)) solved.push(exercise);
    }
    this.#print(
      `Solved: ${solved.length} of ${started} started, ` +
        `${exercises.length} in all`,
    );
    return solved.length === started ? 0 : 1;
  }

  async #check(exercise: Exercise, command?: string[]): Promise<boolean> {
    if (command === undefined) await assertComplete(exercise);
    this.#print(`${await headingOf(exercise)} (seed ${this.#common.seed})\n`);
    const common = { ...this.#common, flags: launcherFlags() };
    const total = exercise.requirements.length;
    const bar = (done: number) => `${progressBar(done, total)} checked`;
    this.#showBar(bar(0));
    let files: Files = {};
    try {
      if (command === undefined) files = await ownFiles(exercise, common.flags);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.#print(`${error.message}\n`);
      await this.#note(exercise, false);
      return false;
    }
    let done = 0;
    const [typeErrors, outcomes] = await Promise.all([
      command === undefined ? ownTypeErrors(exercise, files, common) : [],
      checkExercise(exercise, {
        ...common,
        files,
        command,
        onOutcome: () => this.#showBar(bar(++done)),
      }),
    ]);
    this.#showBar("");
    for (const line of resultLines(outcomes, typeErrors)) this.#print(line);
    await this.#note(exercise, isSolved(outcomes));
    return isSolved(outcomes);
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
    write(`\r\x1b[K${text}`);
    this.#bar = bar;
  }

  [Symbol.dispose](): void {
    this.#showBar("");
  }
}

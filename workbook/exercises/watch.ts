import { dirname } from "node:path";
import { checkExercise, inOrder, isSolved } from "./check_exercise.ts";
import {
  describeFailures,
  describeOutcome,
  describeScores,
} from "./describe_outcomes.ts";
import {
  assertComplete,
  exerciseFile,
  headingOf,
  numberOf,
  placeOf,
  programFiles,
} from "./exercises.ts";
import { isUntouched } from "./exercise_state.ts";
import { takeHint } from "./hints.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { noteSolved, readProgress } from "./progress.ts";
import { watchFiles } from "./watch_files.ts";
import type { Screen } from "./watch_screen.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import { ownFiles } from "../checking/run_checks.ts";

/** What a {@linkcode Watch} is given. */
interface WatchOptions {
  /** All exercises. */
  exercises: readonly Exercise[];
  /** Which of them comes first, from 0. */
  start: number;
  /** Shows a screen. */
  show: (screen: Screen) => void;
}

/** Checks an exercise each time that it is saved. Disposing of it ends that. */
export class Watch implements AsyncDisposable {
  readonly #exercises: readonly Exercise[];
  readonly #show: (screen: Screen) => void;
  #index: number;
  #files: Disposable | undefined;
  #check = new AbortController();
  /** Resolves when nothing of the checks so far is left running. */
  #ended: Promise<unknown> = Promise.resolve();
  #hint = "";
  #report = "";
  readonly #screen: Omit<Screen, "text">;

  /** Makes a watch that {@linkcode open} starts. */
  constructor({ exercises, start, show }: WatchOptions) {
    this.#exercises = exercises;
    this.#index = start;
    this.#show = show;
    const total = exercises.length;
    const nothing = { heading: "", files: [], results: [], rest: "" };
    this.#screen = { ...nothing, solved: 0, total };
  }

  get #exercise(): Exercise {
    return this.#exercises[this.#index]!;
  }

  /** Shows the exercise, and begins to check it. */
  async open(): Promise<void> {
    const exercise = this.#exercise;
    const names = programFiles(exercise);
    const folder = dirname(exerciseFile(exercise, "work", names[0]!));
    this.#files?.[Symbol.dispose]();
    this.#files = watchFiles(folder, () => this.check());
    this.#screen.heading = await headingOf(exercise);
    this.#screen.rest = `… The rest: deno task check ${numberOf(exercise)}`;
    this.#screen.files = names.map((file) => placeOf(exercise, file));
    this.check();
  }

  /** Checks the exercise anew, whatever check still runs. */
  check(): void {
    this.#check.abort();
    this.#check = new AbortController();
    this.#hint = "";
    const { signal } = this.#check;
    const check = this.#run(this.#exercise, signal).catch((error) => {
      if (!signal.aborted) this.#say(String(error.message ?? error));
    });
    this.#ended = Promise.all([this.#ended, check]);
  }

  async #run(exercise: Exercise, signal: AbortSignal): Promise<void> {
    const requirements = inOrder(exercise);
    const outcomes: Outcome[] = [];
    const showResults = () => {
      this.#screen.results = requirements.map(({ words, extra }, index) => {
        const outcome = outcomes[index];
        const line = outcome ? describeOutcome(outcome) : `· ${words}`;
        return extra ? `${line} (extra)` : line;
      });
    };
    showResults();
    await this.#count();
    await assertComplete(exercise);
    const isNew = await isUntouched(exercise);
    signal.throwIfAborted();
    if (isNew) return this.#say("Not started yet: edit it, and save.");
    this.#say("Checking …");
    const flags = launcherFlags();
    const all = await checkExercise(exercise, {
      files: await ownFiles(exercise, flags),
      seed: Math.floor(Math.random() * 2 ** 32),
      flags,
      signal,
      onOutcome: (outcome, index) => {
        outcomes[index] = outcome;
        showResults();
        this.#say("Checking …", ...describeFailures(outcomes));
      },
    });
    await noteSolved(exercise.name, isSolved(all));
    await this.#count();
    signal.throwIfAborted();
    this.#say(
      describeScores(all).join(", "),
      ...isSolved(all) ? ["Solved. n: the next exercise"] : [],
      ...describeFailures(all),
    );
  }

  async #count(): Promise<void> {
    const { solved } = await readProgress();
    const found = this.#exercises.filter(({ name }) => solved.includes(name));
    this.#screen.solved = found.length;
  }

  /** Goes to another exercise, if there is one. */
  async go(step: 1 | -1): Promise<void> {
    if (this.#exercises[this.#index + step] === undefined) return;
    this.#index += step;
    await this.open();
  }

  /** Shows a hint, or the next one if there is one in view. */
  async hint(): Promise<void> {
    const which = this.#hint === "" ? "last" : "next";
    const hint = await takeHint(this.#exercise, which) ??
      await takeHint(this.#exercise, "last");
    this.#hint = hint === undefined
      ? "There is no hint."
      : `Hint ${hint.number} of ${hint.count}\n\n${hint.text}`;
    this.draw();
  }

  /** Says how the check goes, below the hint that is in view. */
  #say(...paragraphs: string[]): void {
    this.#report = paragraphs.join("\n\n");
    this.draw();
  }

  /** Shows all anew. */
  draw(): void {
    const texts = [this.#hint, this.#report].filter((text) => text !== "");
    this.#show({ ...this.#screen, text: texts.join("\n\n") });
  }

  /** Ends the check that runs, and all that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#files?.[Symbol.dispose]();
    this.#check.abort();
    await this.#ended;
  }
}

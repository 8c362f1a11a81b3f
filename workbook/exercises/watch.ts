import { dirname } from "node:path";
import { checkExercise, inOrder, isSolved } from "./check_exercise.ts";
import {
  causesOf,
  describeCauses,
  describeFailures,
  describeOutcome,
  describeScores,
  describeUnchecked,
  isNothingChecked,
  uncheckedOf,
} from "./describe_outcomes.ts";
import {
  assertComplete,
  exerciseFile,
  headingOf,
  placeOf,
  programFiles,
  readHints,
} from "./exercises.ts";
import { isUntouched, noteSolved, readProgress } from "./progress.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { watchFiles } from "../checking/student_files.ts";
import type { Screen } from "./watch_screen.ts";
import type { Finding } from "../checking/finding.ts";
import type { Exercise, Outcome } from "../checking/requirement.ts";
import { ownFiles, ownTypeErrors } from "../checking/run_checks.ts";

/**
 * How long the first try waits for what should happen, in milliseconds: three
 * times what it takes. Where the machine was slow, a second try will tell.
 */
const FIRST_DEADLINE = 1200;

/** The same until a program gives its first sign, which takes longer. */
const FIRST_START = 1800;

const TRYING_AGAIN = "Trying once more what failed …";

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
  #hint: string[] = [];
  /** How many hints have been shown of this exercise. */
  #hints = 0;
  /** What the last check of the types has found, until there is another. */
  #typeErrors: readonly Finding[] = [];
  #report: string[] = [];
  readonly #screen: Omit<Screen, "body">;

  /** Makes a watch that {@linkcode open} starts. */
  constructor({ exercises, start, show }: WatchOptions) {
    this.#exercises = exercises;
    this.#index = start;
    this.#show = show;
    const total = exercises.length;
    this.#screen = {
      heading: "",
      files: [],
      solved: 0,
      total,
      note: "",
      page: 0,
    };
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
    this.#files = undefined;
    try {
      this.#files = watchFiles(folder, () => this.check());
    } catch (error) {
      // The check says what is missing, and how to get it back.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    this.#screen.heading = await headingOf(exercise);
    this.#hints = 0;
    this.#typeErrors = [];
    this.#screen.files = names.map((file) => placeOf(exercise, file));
    this.check();
  }

  /** Checks the exercise anew, whatever check still runs. */
  check(): void {
    this.#check.abort();
    this.#check = new AbortController();
    this.#hint = [];
    this.#screen.note = "";
    this.#screen.page = 0;
    const { signal } = this.#check;
    const check = this.#run(this.#exercise, signal).catch((error) => {
      if (!signal.aborted) this.#say(String(error.message ?? error));
    });
    this.#ended = Promise.all([this.#ended, check]);
  }

  async #run(exercise: Exercise, signal: AbortSignal): Promise<void> {
    await this.#count();
    await assertComplete(exercise);
    const isNew = await isUntouched(exercise);
    signal.throwIfAborted();
    if (isNew) return this.#say("Not started yet: edit it, and save.");
    const outcomes: Outcome[] = [];
    const showSoFar = () => this.#say(...this.#lines(exercise, outcomes));
    showSoFar();
    const flags = launcherFlags();
    const files = await ownFiles(exercise, flags);
    signal.throwIfAborted();
    const seed = Math.floor(Math.random() * 2 ** 32);
    const options = { files, flags, seed, signal };
    await Promise.all([
      ownTypeErrors(exercise, files, options).then((errors) => {
        this.#typeErrors = errors;
        showSoFar();
      }),
      checkExercise(exercise, {
        ...options,
        deadline: FIRST_DEADLINE + (exercise.pace ?? 0),
        startDeadline: FIRST_START,
        onOutcome: (outcome, index) => {
          outcomes[index] = outcome;
          showSoFar();
        },
      }),
    ]);
    const late = [...outcomes.keys()]
      .filter((index) => outcomes[index]!.isLate);
    if (late.length > 0) this.#screen.note = TRYING_AGAIN;
    await this.#conclude(exercise, outcomes, signal);
    if (late.length === 0) return;
    for (const index of late) delete outcomes[index];
    let isSlow = false;
    // With the time that "deno task check" gives.
    await checkExercise(exercise, {
      ...options,
      only: late,
      onOutcome: (outcome, index) => {
        outcomes[index] = outcome;
        isSlow ||= outcome.state === "passed";
        if (isSlow) showSoFar();
      },
    });
    this.#screen.note = "";
    await this.#conclude(exercise, outcomes, signal);
  }

  /** Notes and shows the result. */
  async #conclude(
    exercise: Exercise,
    outcomes: readonly Outcome[],
    signal: AbortSignal,
  ): Promise<void> {
    await noteSolved(exercise.name, isSolved(outcomes));
    await this.#count();
    signal.throwIfAborted();
    this.#say(...this.#lines(exercise, outcomes, true));
  }

  /** The causes, the results and what was seen, so far. */
  #lines(
    exercise: Exercise,
    outcomes: readonly Outcome[],
    isOver = false,
  ): string[] {
    const requirements = inOrder(exercise);
    const known = outcomes.filter((outcome) => outcome !== undefined);
    const causes = describeCauses(causesOf(known, this.#typeErrors));
    const top = causes.length === 0 ? [] : [...causes, ""];
    if (isOver && isNothingChecked(known)) {
      return [...top, ...describeUnchecked(known)];
    }
    const unchecked = isOver ? uncheckedOf(known) : [];
    const solved = isOver && isSolved(known)
      ? ["Solved. n: the next exercise"]
      : [];
    return [
      ...top,
      isOver ? describeScores(known).join(", ") : "Checking …",
      ...solved,
      ...requirements.flatMap(({ words, extra }, index) => {
        const outcome = outcomes[index];
        if (outcome && unchecked.includes(outcome)) return [];
        const line = outcome ? describeOutcome(outcome) : `· ${words}`;
        return extra ? `${line} (extra)` : line;
      }),
      ...describeUnchecked(unchecked),
      ...describeFailures(known, causes).flatMap((
        text,
      ) => ["", ...text.split("\n")]),
    ];
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
    const hints = await readHints(this.#exercise);
    const next = this.#hint.length === 0 ? this.#hints : this.#hints + 1;
    this.#hints = Math.min(Math.max(1, next), hints.length);
    const text = hints[this.#hints - 1];
    this.#hint = text === undefined
      ? ["There is no hint.", ""]
      : [`Hint ${this.#hints} of ${hints.length}`, "", ...text.split("\n"), ""];
    this.#screen.page = 0;
    this.draw();
  }

  /** Shows the next part of what has no room at once. */
  turnPage(): void {
    this.#screen.page++;
    this.draw();
  }

  /** Says how the check goes, below the hint that is in view. */
  #say(...lines: string[]): void {
    this.#report = lines;
    this.draw();
  }

  /** Shows all anew. */
  draw(): void {
    this.#show({ ...this.#screen, body: [...this.#hint, ...this.#report] });
  }

  /** Ends the check that runs, and all that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#files?.[Symbol.dispose]();
    this.#check.abort();
    await this.#ended;
  }
}

/**
 * How far grading has come, on standard error.
 *
 * @module
 */
import { printable } from "../../lib/printable.ts";
import { progressBar, write } from "../terminal/terminal.ts";
import { type SubmissionGrade, totalOf } from "./grade.ts";
import { MISSING } from "./submission.ts";

/** Shows a line for each submission, and on a terminal a bar below. */
export class GradingProgress {
  readonly #submissions: number;
  readonly #requirements: number;
  readonly #isTerminal = Deno.stderr.isTerminal();
  #gradedSubmissions = 0;
  #gradedRequirements = 0;

  /**
   * @param submissions How many submissions there are.
   * @param requirements How many requirements there are for each.
   */
  constructor(submissions: number, requirements: number) {
    this.#submissions = submissions;
    this.#requirements = submissions * requirements;
  }

  /** Counts a requirement. */
  addRequirement(): void {
    this.#gradedRequirements++;
    this.#write("");
  }

  /** Counts a submission, and says what came out. */
  addSubmission(grade: SubmissionGrade): void {
    const { submission, exercises } = grade;
    const { required, extra } = totalOf(grade);
    const folder = `exercises/${exercises[0]?.exercise.name}`;
    const result = exercises.every(({ note }) => note === MISSING)
      ? `no programs in a folder such as ${folder}`
      : `required ${required.passed} of ${required.total}, ` +
        `extra ${extra.passed} of ${extra.total}`;
    const number = `${++this.#gradedSubmissions}/${this.#submissions}`;
    this.#write(`[${number}] ${printable(submission.name)}: ${result}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isTerminal) write("\r\x1b[K", Deno.stderr);
  }

  #write(line: string): void {
    if (!this.#isTerminal) return write(line, Deno.stderr);
    const bar = progressBar(this.#gradedRequirements, this.#requirements);
    write(`\r\x1b[K${line}${bar} requirements`, Deno.stderr);
  }
}

import type { Finding } from "./finding.ts";

/** The program doesn't do what was asked for. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  /** What should have happened. */
  readonly expected: string;
  /** What happened. */
  readonly seen: string;
  /** What is wrong, as far as one can tell. */
  readonly finding: Finding | undefined;
  /** Whether something only didn't come in time, and may come later. */
  readonly isLate: boolean;

  constructor(
    { expected, seen, finding, isLate = false }: {
      expected: string;
      seen: string;
      finding?: Finding | undefined;
      isLate?: boolean;
    },
  ) {
    super(`Expected ${expected}`);
    this.expected = expected;
    this.seen = seen;
    this.finding = finding;
    this.isLate = isLate;
  }
}

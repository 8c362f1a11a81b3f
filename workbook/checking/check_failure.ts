/** The program doesn't do what was asked for. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  /** What should have happened. */
  readonly expected: string;
  /** What happened. */
  readonly seen: string;
  /** Which known mistake it looks like. */
  readonly mistake: string | undefined;

  constructor(
    { expected, seen, mistake }: {
      expected: string;
      seen: string;
      mistake?: string | undefined;
    },
  ) {
    super(`Expected ${expected}`);
    this.expected = expected;
    this.seen = seen;
    this.mistake = mistake;
  }
}

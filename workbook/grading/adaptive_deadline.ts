import type { Outcome } from "../checking/requirement.ts";

/** How long a wait may take, in milliseconds. */
export interface Deadlines {
  /** Longer than any answer takes. */
  long: number;
  /** For a submission that never answers. */
  short: number;
}

/** A program starts within 400 ms, and on a busy machine within 2 s. */
export const DEADLINES: Deadlines = { long: 10_000, short: 3000 };

/** So many waits in vain, one after the other, and it never answers. */
const MOST_IN_VAIN = 3;

/**
 * How long the programs of one submission are waited for. One that hangs in all
 * that it does would otherwise take a quarter of an hour.
 */
export class AdaptiveDeadline {
  readonly #deadlines: Deadlines;
  #inVain = 0;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** How long the next wait may take, in milliseconds. */
  get deadline(): number {
    const { long, short } = this.#deadlines;
    return this.#inVain >= MOST_IN_VAIN ? short : long;
  }

  /**
   * Learns from a requirement.
   *
   * @param outcome How it came out.
   */
  learn({ state, isLate }: Pick<Outcome, "state" | "isLate">): void {
    if (state === "passed") this.#inVain = 0;
    else if (isLate) this.#inVain++;
  }
}

/** A tenth of a millisecond is as exact as a delay is kept. */
const STEPS = 10;

/**
 * How long messages took, in milliseconds. It can be sent to another process as
 * JSON, and takes in what others have gathered.
 */
export class Delays {
  /** How many took so many tenths of a millisecond. */
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** Adds a delay. */
  add(milliseconds: number, times = 1): void {
    const step = Math.round(milliseconds * STEPS);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + times);
    this.#total += times;
  }

  /** Adds what another one has gathered, as its `toJSON` gives it. */
  addAll(counts: [milliseconds: number, times: number][]): void {
    for (const [milliseconds, times] of counts) this.add(milliseconds, times);
  }

  /** The delay that a part of all, such as 0.99, didn't exceed. */
  quantile(part: number): number {
    let left = Math.ceil(this.#total * part);
    const steps = [...this.#counts.keys()].sort((one, other) => one - other);
    for (const step of steps) {
      left -= this.#counts.get(step)!;
      if (left <= 0) return step / STEPS;
    }
    return NaN;
  }

  /** Each delay, and how many took so long. */
  toJSON(): [milliseconds: number, times: number][] {
    return Array.from(
      this.#counts,
      ([step, times]) => [step / STEPS, times],
    );
  }
}

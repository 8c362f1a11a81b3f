/**
 * Turns that come in another order than they were asked for.
 *
 * @module
 */

// For so many milliseconds those who ask gather.
const GATHERING_TIME = 5;

/** Gives turns, one to each who asks, in an order of chance. */
export class Shuffler {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];

  /** Takes chance, from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Waits for a turn. */
  turn(): Promise<void> {
    if (this.#waiting.length === 0) {
      setTimeout(() => this.#giveTurns(), GATHERING_TIME);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveTurns(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      const next = Math.floor(this.#random() * waiting.length);
      waiting.splice(next, 1)[0]!();
    }
  }
}

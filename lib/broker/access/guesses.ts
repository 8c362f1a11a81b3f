import { remember } from "../remember.ts";

/** How many may be made at once, and how long it takes until one more may be. */
interface GuessRate {
  most: number;
  millisecondsEach: number;
}

/**
 * How many passwords may be tried with something in common, such as an address:
 * so many at once, and then one more each time that so much time has passed.
 */
export class Guesses {
  readonly #rate: GuessRate;
  readonly #now: () => number;
  /** Those who have tried: how much is left to them, and when that was so. */
  readonly #left = new Map<string, { count: number; at: number }>();

  constructor(rate: GuessRate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** How many there may be now. */
  left(key: string): number {
    const { most, millisecondsEach } = this.#rate;
    const { count, at } = this.#left.get(key) ?? { count: most, at: 0 };
    return Math.min(most, count + (this.#now() - at) / millisecondsEach);
  }

  /** Takes one, if there is one. */
  take(key: string): boolean {
    const left = this.left(key);
    if (left < 1) return false;
    this.#set(key, left - 1);
    return true;
  }

  /** Gives one back: it was no guess. */
  giveBack(key: string): void {
    const left = this.left(key) + 1;
    if (left >= this.#rate.most) this.#left.delete(key);
    else this.#set(key, left);
  }

  #set(key: string, count: number): void {
    remember(this.#left, key, { count, at: this.#now() });
  }
}

/**
 * Chance that can be repeated: the same seed gives the same values.
 *
 * @module
 */

const NAMES = [
  "denis",
  "WuJitsu",
  "Equipe 3",
  "pi-14",
  "Zoé",
  "labo_b",
  "안나",
];
const WORDS = [
  "bonjour",
  "salut à tous",
  "hello",
  "안녕하세요",
  "你好",
  "🙂 ok",
  "à demain",
];

/** A source of values for a check. */
export class Random {
  #state: number;

  /**
   * Starts the sequence.
   *
   * @param seed A whole number from 0 to 4,294,967,295.
   */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below 1 (the generator mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of several values. */
  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!;
  }

  /** The values in another order. */
  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [result[last], result[other]] = [result[other]!, result[last]!];
    }
    return result;
  }

  /** Names of hosts, all different. */
  hosts(count: number): string[] {
    return this.shuffle(NAMES).slice(0, count);
  }

  /** A line that a person might type, with a number that makes it unique. */
  line(): string {
    return `${this.pick(WORDS)} ${this.integer(1000, 9999)}`;
  }
}

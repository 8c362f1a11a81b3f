/**
 * A clock that a test turns on, for what takes minutes.
 *
 * @module
 */

interface Timer {
  at: number;
  ring: () => void;
}

/** A clock that stands still until it is told how much time passes. */
export class FakeClock {
  #time = 0;
  /** In the order in which they ring. */
  readonly #timers: Timer[] = [];

  /** The time in milliseconds, as `Date.now` gives it. */
  readonly now = (): number => this.#time;

  /** Resolves when so many milliseconds have passed, or the signal says so. */
  readonly wait = (
    milliseconds: number,
    signal?: AbortSignal,
  ): Promise<void> => {
    if (signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = this.#time + milliseconds;
    const before = this.#timers.findLastIndex((timer) => timer.at <= at);
    this.#timers.splice(before + 1, 0, { at, ring: resolve });
    signal?.addEventListener("abort", () => resolve(), { once: true });
    return promise;
  };

  /** Lets time pass, and all happen that happens in it, in its order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds;
    await settle();
    for (let next = this.#timers[0]; next; next = this.#timers[0]) {
      if (next.at > end) break;
      this.#timers.shift();
      this.#time = next.at;
      next.ring();
      await settle();
    }
    this.#time = end;
  }
}

/** Lets promises go on that others go on after: so many, one after the other. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await undefined;
}

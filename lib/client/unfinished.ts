/** What has begun between two waits. */
interface Stretch {
  unfinished: number;
  end?: PromiseWithResolvers<void>;
}

/**
 * Waits for all that has begun until then, and counts it: to keep each one until
 * it is finished would cost more.
 */
export class Unfinished {
  #count = 0;
  #stretch: Stretch = { unfinished: 0 };
  #earlier: Promise<unknown> = Promise.resolve();

  /** How many are unfinished. */
  get count(): number {
    return this.#count;
  }

  /** Notes that one has begun, and gives what `finish` is called with, once. */
  begin(): Stretch {
    this.#stretch.unfinished++;
    this.#count++;
    return this.#stretch;
  }

  /** Notes that one is finished. */
  finish(stretch: Stretch): void {
    this.#count--;
    if (--stretch.unfinished === 0) stretch.end?.resolve();
  }

  /** Waits until all that have begun so far are finished. */
  async whenFinished(): Promise<void> {
    const stretch = this.#stretch;
    if (stretch.unfinished > 0) {
      stretch.end = Promise.withResolvers<void>();
      this.#earlier = Promise.all([this.#earlier, stretch.end.promise]);
      this.#stretch = { unfinished: 0 };
    }
    await this.#earlier;
  }
}

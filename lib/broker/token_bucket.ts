/**
 * What a client may send: so many packets a second, and as many at once after a
 * second of silence.
 */
export class TokenBucket {
  readonly #rate: number;
  #tokens: number;
  #filledAt = performance.now();

  /** @param rate In packets a second; `Infinity` for no limit. */
  constructor(rate: number) {
    this.#rate = rate;
    this.#tokens = rate;
  }

  /** Takes one, if there is one. */
  take(): boolean {
    if (this.#tokens < 1) this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** How long to wait until it is worth asking again. */
  get pauseMilliseconds(): number {
    // Several at a time: a timer for each would be slower than the rate.
    return Math.max(50, 1_000 / this.#rate);
  }

  #fill(): void {
    const now = performance.now();
    const gained = (now - this.#filledAt) / 1_000 * this.#rate;
    this.#tokens = Math.min(this.#tokens + gained, Math.max(1, this.#rate));
    this.#filledAt = now;
  }
}

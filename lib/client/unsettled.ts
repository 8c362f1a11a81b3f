// deno-lint-ignore no-explicit-any -- MQTT.js's callbacks differ in all they take
type Callback = (error?: any, ...rest: any[]) => void;

/**
 * Callbacks that MQTT.js owes. It forgets some when it is ended while offline:
 * here each is called once, by MQTT.js or at the end.
 */
export class Unsettled {
  // A Set or a Map would keep all that pass through it: its full tables refer to
  // their successors, and once one has grown old, they are collected with it only.
  readonly #callbacks: Record<number, Callback> = {};
  #last = 0;
  #count = 0;
  #onEmpty: (() => void) | undefined;

  /** Takes a callback, and gives the number under which it is called. */
  add(callback: Callback = () => {}): number {
    this.#callbacks[++this.#last] = callback;
    this.#count++;
    return this.#last;
  }

  /** Takes a callback, and makes one of it that MQTT.js may be given. */
  track(callback: Callback): Callback {
    const number = this.add(callback);
    return (...result) => this.settle(number, ...result);
  }

  /** Calls a callback, unless it has been called. */
  settle(number: number, ...result: Parameters<Callback>): void {
    const callback = this.#callbacks[number];
    if (callback === undefined) return;
    delete this.#callbacks[number];
    this.#count--;
    callback(...result);
    if (this.#count === 0) this.#onEmpty?.();
  }

  /** Calls each that is left with an error, the oldest first. */
  settleAll(error: Error): void {
    for (const number in this.#callbacks) this.settle(Number(number), error);
  }

  /** Waits until all were called, for some milliseconds at most, or until `stop`. */
  whenEmpty(timeout: number, stop: Promise<unknown>): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeout);
    this.#onEmpty = resolve;
    stop.then(() => resolve());
    return promise.finally(() => {
      clearTimeout(timer);
      this.#onEmpty = undefined;
    });
  }
}

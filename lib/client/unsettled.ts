import { Numbered } from "./numbered.ts";

type Callback<Rest extends unknown[]> = (
  error?: Error | null,
  ...rest: Rest
) => void;

/**
 * Callbacks that MQTT.js owes. It forgets some when it is ended while offline:
 * here each is called once, by MQTT.js or at the end.
 */
export class Unsettled {
  readonly #callbacks = new Numbered<(error: Error) => void>();
  #onEmpty: (() => void) | undefined;

  /** Makes a callback that is called once, whoever calls it first. */
  track<Rest extends unknown[]>(
    // deno-lint-ignore no-explicit-any -- MQTT.js's callbacks differ in what they take for "no error"
    callback: ((error: any, ...rest: Rest) => void) | undefined,
  ): Callback<Rest> {
    const settle: Callback<Rest> = (error, ...rest) => {
      if (!this.#callbacks.delete(number)) return;
      callback?.(error, ...rest);
      if (this.#callbacks.size === 0) this.#onEmpty?.();
    };
    const number = this.#callbacks.add(settle as (error: Error) => void);
    return settle;
  }

  /** Calls each that is left with an error. */
  settleAll(error: Error): void {
    for (const settle of this.#callbacks.values()) settle(error);
  }

  /** Waits until all were called, for some milliseconds at most, or until `stop`. */
  whenEmpty(timeout: number, stop: Promise<unknown>): Promise<void> {
    if (this.#callbacks.size === 0) return Promise.resolve();
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

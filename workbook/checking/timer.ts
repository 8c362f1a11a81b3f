/** A time that passes. Disposing of it stops it. */
export class Timer implements Disposable {
  isOver = false;
  readonly #over = Promise.withResolvers<void>();
  readonly over = this.#over.promise;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds?: number) {
    if (milliseconds !== undefined) this.start(milliseconds);
  }

  /** Lets it run from now on, for another time, unless it is over. */
  restart(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.start(milliseconds);
  }

  /** Starts it, unless it runs. */
  start(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.isOver = true;
      this.#over.resolve();
    }, milliseconds);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

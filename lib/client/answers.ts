import type { ToolkitClient } from "./client.ts";
import { startTimer } from "./runtime.ts";
import { BrokerUnreachableError } from "../errors.ts";

/** Waits for a broker's acknowledgements, but not for one that gives none. */
export class AnswerWatch {
  readonly #client: ToolkitClient;
  readonly #seconds: number;
  /** What each that waits is told if the broker stays silent. */
  #waiting: readonly ((error: Error) => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  /**
   * @param seconds For how long the broker may acknowledge nothing.
   */
  constructor(client: ToolkitClient, seconds: number) {
    this.#client = client;
    this.#seconds = seconds;
  }

  /** Notes that the broker has answered. */
  note(): void {
    this.#last = performance.now();
  }

  /**
   * Waits for answers.
   *
   * @throws {BrokerUnreachableError} If the broker stays silent.
   */
  async wait(answers: Promise<unknown>): Promise<void> {
    const { promise: silence, reject } = Promise.withResolvers<never>();
    this.begin(reject);
    try {
      await Promise.race([answers, silence]);
    } finally {
      this.end(reject);
      if (this.#waiting.length === 0) this.#stop();
    }
  }

  /** Begins to wait: `reject` is called if the broker stays silent from now on. */
  begin(reject: (error: Error) => void): void {
    if (this.#waiting.length === 0) this.note();
    this.#waiting = [...this.#waiting, reject];
    // One timer for all: one for each would cost as much as a message does.
    this.#timer ??= this.#start(this.#seconds);
  }

  /** Waits no longer. */
  end(reject: (error: Error) => void): void {
    this.#waiting = this.#waiting.filter((other) => other !== reject);
  }

  #start(seconds: number): ReturnType<typeof setTimeout> | undefined {
    const timer = startTimer(seconds, () => {
      this.#stop();
      if (this.#waiting.length > 0) this.#check();
    });
    if (timer !== undefined) this.#client.once("end", this.#onEnd);
    return timer;
  }

  /** Lets no timer outlive the client, unless somebody waits for it. */
  readonly #onEnd = () => {
    if (this.#waiting.length === 0) this.#stop();
  };

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#client.off("end", this.#onEnd);
  }

  #check(): void {
    const { stream, address, watch } = this.#client;
    const { isAway, backSince } = watch;
    // A broker that isn't there, or whose line is still busy, isn't silent. One
    // that takes each connection, and ends it, is.
    if (isAway || stream.writableNeedDrain) this.note();
    const since = Math.max(this.#last, backSince);
    const left = this.#seconds - (performance.now() - since) / 1000;
    if (left > 0) {
      this.#timer = this.#start(left);
      return;
    }
    const cause = new Error("it does not acknowledge what is published");
    const error = new BrokerUnreachableError(address.label, cause);
    for (const reject of this.#waiting) reject(error);
    this.#waiting = [];
  }
}

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

import { remember } from "../log.ts";

/** What became of a password: it is right or wrong, or nobody has looked. */
export type Verdict = "right" | "wrong" | "unchecked";

/** A password that waits to be checked. */
export interface Check {
  /** Whether it is right, which takes a processor a while to find out. */
  run(): Promise<boolean>;
  /** Whether nobody waits for the answer, or its address has no guess left. */
  isOff(): boolean;
  /** Whether many wrong ones have come from its address. */
  isSuspect(): boolean;
}

interface CheckQueueOptions {
  /** How many checks may run at a time. */
  limit: number;
  now: () => number;
}

interface Waiting {
  check: Check;
  /** How long wrong ones had taken in all when it came. */
  wrongWorkBefore: number;
  decide: (verdict: Verdict | Promise<Verdict>) => void;
}

/** How long one may wait for wrong ones; then its own check takes some time. */
const LONGEST_BEHIND_WRONG = 1_250;
/** How many may wait; beyond it, the oldest is left unchecked. */
const MOST_WAITING = 4_096;

/**
 * Checks passwords, so many at a time, and decides which is next.
 *
 * Nobody can tell a right one from a guess before it is checked. So the queue
 * takes first those from addresses that nobody guesses from: they don't notice
 * that others do. Of these it takes the newest, since whoever comes after a burst
 * of guesses would wait for all of them otherwise.
 */
export class CheckQueue {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #running = new Set<Promise<Verdict>>();
  #waiting: Waiting[] = [];
  /** How long checks have taken that found a password wrong, in all. */
  #wrongWork = 0;
  #isClosed = false;

  constructor({ limit, now }: CheckQueueOptions) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Checks a password when its turn has come, or leaves it unchecked. */
  run(check: Check): Promise<Verdict> {
    if (this.#isClosed) return Promise.resolve("unchecked");
    if (this.#waiting.length === MOST_WAITING) {
      this.#waiting.shift()!.decide("unchecked");
    }
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const wrongWorkBefore = this.#wrongWork;
    this.#waiting.push({ check, wrongWorkBefore, decide: resolve });
    this.#startNext();
    return promise;
  }

  /** Checks nothing more, and resolves when no check is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#drop(() => true);
    await Promise.allSettled(this.#running);
  }

  #startNext(): void {
    while (this.#running.size < this.#limit && this.#waiting.length > 0) {
      this.#drop(({ check, wrongWorkBefore }) => {
        const behindWrong = (this.#wrongWork - wrongWorkBefore) / this.#limit;
        return check.isOff() || behindWrong >= LONGEST_BEHIND_WRONG;
      });
      const next = this.#takeNext();
      if (next === undefined) return;
      const verdict = this.#judge(next.check);
      next.decide(verdict);
      const end = () => {
        this.#running.delete(verdict);
        this.#startNext();
      };
      this.#running.add(verdict);
      verdict.then(end, end);
    }
  }

  async #judge(check: Check): Promise<Verdict> {
    const start = this.#now();
    if (await check.run()) return "right";
    this.#wrongWork += this.#now() - start;
    return "wrong";
  }

  /** Leaves those unchecked that meet a condition. */
  #drop(isDropped: (waiting: Waiting) => boolean): void {
    const kept: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (isDropped(waiting)) waiting.decide("unchecked");
      else kept.push(waiting);
    }
    this.#waiting = kept;
  }

  #takeNext(): Waiting | undefined {
    // Where there is none, -1 is the place of the newest of all.
    const clean = this.#waiting.findLastIndex(({ check }) =>
      !check.isSuspect()
    );
    return this.#waiting.splice(clean, 1)[0];
  }
}

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

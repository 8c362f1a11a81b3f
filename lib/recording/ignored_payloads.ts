import { excerpt } from "../printable.ts";
import type { Message } from "../message.ts";

const INTERVAL = 10_000;
const TOPICS = 10;

/**
 * Counts payloads that weren't numbers, and reports them without flooding the
 * log: the first one of each of ten topics at once, the others in one line
 * every ten seconds, the total at the end.
 */
export class IgnoredPayloads {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #topics = new Set<string>();
  #count = 0;
  #reported = 0;
  #reportTime = -Infinity;

  /** Starts at zero. */
  constructor(
    log: (line: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#log = log;
    this.#now = now;
  }

  /** How many payloads were ignored. */
  get count(): number {
    return this.#count;
  }

  /** Counts a payload, and reports it if it is time to. */
  add(message: Message): void {
    this.#count++;
    const { topic } = message;
    const first = this.#topics.size < TOPICS && !this.#topics.has(topic);
    if (first) this.#topics.add(topic);
    else if (this.#now() < this.#reportTime + INTERVAL) return;

    const news = this.#count - this.#reported;
    const what = news === 1
      ? "Payload that is not a number is"
      : `${news} payloads that are not numbers are`;
    this.#log(`${what} ignored: ${excerpt(message.text)} on ${excerpt(topic)}`);
    this.#reported = this.#count;
    this.#reportTime = this.#now();
  }

  /** Reports the total, if there is one. */
  close(): void {
    if (this.#count === 0) return;
    const payloads = this.#count === 1 ? "payload was" : "payloads were";
    this.#log(`In all, ${this.#count} ${payloads} ignored`);
  }
}

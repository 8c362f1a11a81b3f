/**
 * Waiting that ends, and tells the log if it was in vain.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { within } from "../deadline.ts";
import type { MessageLog } from "./message_log.ts";

/** How long something may take once nothing fails any more, in milliseconds. */
const LONGEST = 30_000;
/** The same, once something has been waited for in vain. */
const SHORTEST = 2000;
const POLL_INTERVAL = 50;

/** Waits for what must come, and for less time once something hasn't. */
export class BoundedWaits {
  readonly #messageLog: MessageLog;
  #longest = LONGEST;

  /** Takes the log that is told. */
  constructor(messageLog: MessageLog) {
    this.#messageLog = messageLog;
  }

  /** Waits until something is so, or notes that it never was. */
  async until(
    what: string,
    isSo: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const deadline = performance.now() + this.#longest;
    while (!await isSo()) {
      if (performance.now() > deadline) return this.#giveUp(what);
      await pause(POLL_INTERVAL);
    }
  }

  /** Waits for a promise, or notes that it never settled, or was rejected. */
  async attempt(what: string, promise: Promise<unknown>): Promise<void> {
    try {
      await within(what, promise, this.#longest);
    } catch (error) {
      this.#giveUp(`${what}: ${(error as Error).message}`);
    }
  }

  #giveUp(what: string): void {
    this.#longest = SHORTEST;
    this.#messageLog.note(`Waited in vain for ${what}`);
  }
}

/**
 * Waiting that ends, and tells the ledger if it was in vain.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { within } from "../deadline.ts";
import type { Ledger } from "./ledger.ts";

/** How long something may take once nothing fails any more, in milliseconds. */
const LONGEST = 30_000;
/** The same, once something has been waited for in vain. */
const SHORTEST = 2000;
const GLANCE = 50;

/** Waits for what must come, and for less time once something hasn't. */
export class Patience {
  readonly #ledger: Ledger;
  #longest = LONGEST;

  /** Takes the ledger that is told. */
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Waits until something is so, or notes that it never was. */
  async until(
    what: string,
    isSo: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const deadline = performance.now() + this.#longest;
    while (!await isSo()) {
      if (performance.now() > deadline) return this.#giveUp(what);
      await pause(GLANCE);
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
    this.#ledger.note(`Waited in vain for ${what}`);
  }
}

import type { DatabaseSync } from "node:sqlite";

/** How long a change may wait that no client waits for, such as a PUBACK. */
const LAZY_MILLISECONDS = 10;
/** How long to wait before trying again what failed: somebody makes room. */
const RETRY_MILLISECONDS = 1_000;

/**
 * Gathers what is to be stored, and stores together what has come in until a
 * client waits for it: the disk takes about as long for a thousand messages as
 * for one.
 */
export class Commits {
  readonly #database: DatabaseSync;
  readonly #warn: (event: string) => void;
  #pending: (() => void)[] = [];
  #waiting: (() => void)[] = [];
  #mended: (() => void)[] = [];
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether storing fails at present: nobody is read from meanwhile. */
  isFailing = false;
  #isClosed = false;

  constructor(database: DatabaseSync, warn: (event: string) => void) {
    this.#database = database;
    this.#warn = warn;
  }

  /** Takes a change, which is made later: twice, if the first time fails. */
  add(change: () => void): void {
    if (this.#isClosed) return;
    this.#pending.push(change);
    this.#timer ??= setTimeout(() => this.#commit(), LAZY_MILLISECONDS);
  }

  /** Calls back once all that has been added is stored: at once if it is. */
  whenStored(callback: () => void): void {
    if (this.#pending.length === 0) return callback();
    this.#waiting.push(callback);
    if (this.isFailing) return;
    this.#immediate ??= setImmediate(() => this.#commit());
  }

  /** Calls back once storing works again, after it has failed. */
  whenMended(callback: () => void): void {
    this.#mended.push(callback);
  }

  /** Stores what is left, and closes the database. */
  close(): void {
    this.#commit();
    clearTimeout(this.#timer);
    this.#isClosed = true;
    this.#database.close();
  }

  #commit(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#database.exec("BEGIN");
      for (const change of this.#pending) change();
      this.#database.exec("COMMIT");
    } catch (error) {
      return this.#fail(error as Error);
    }
    this.#pending = [];
    // One that is called may add a change, and write what depends on it to where
    // another one writes, too: that one waits for the next turn.
    while (this.#waiting.length > 0 && this.#pending.length === 0) {
      this.#waiting.shift()!();
    }
    if (this.#waiting.length > 0) {
      this.#immediate ??= setImmediate(() => this.#commit());
    }
    if (this.isFailing) this.#recover();
  }

  #fail({ message }: Error): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#timer = setTimeout(() => this.#commit(), RETRY_MILLISECONDS);
    if (this.isFailing) return;
    this.isFailing = true;
    this.#warn(
      `can't be written (${message}): until it can, nothing is acknowledged`,
    );
  }

  #recover(): void {
    this.isFailing = false;
    this.#warn("can be written again");
    for (const callback of this.#mended.splice(0)) callback();
  }
}

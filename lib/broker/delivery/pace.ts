import type { Connection } from "../wire/connection.ts";

/** How long a client may stop reading before nobody waits for it any more. */
const PATIENCE_MILLISECONDS = 2_000;

/** Slows publishers down to what one client can take. */
export class Pace {
  readonly #connection: Connection;
  /** Whether more waits for the client than should. */
  readonly #isBehind: () => boolean;
  readonly #onStall: () => void;
  #callbacks: (() => void)[] = [];
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Whether the client has stopped reading altogether. */
  isStalled = false;

  constructor(
    connection: Connection,
    isBehind: () => boolean,
    onStall: () => void,
  ) {
    this.#connection = connection;
    this.#isBehind = isBehind;
    this.#onStall = onStall;
    connection.stream.on("drain", () => this.check());
    connection.stream.once("close", () => this.#release());
  }

  /** Whether the client keeps up, or nobody waits for it any more. */
  get isReady(): boolean {
    return this.isStalled || !this.#connection.isOpen || this.#keepsUp;
  }

  /**
   * Calls back once the client keeps up: at once (never before this returns),
   * when it has caught up, or when patience with it has run out.
   */
  whenReady(callback: () => void): void {
    if (this.isReady) return queueMicrotask(callback);
    this.#callbacks.push(callback);
    this.#patience ??= setTimeout(() => {
      this.isStalled = true;
      this.#onStall();
      this.#release();
    }, PATIENCE_MILLISECONDS);
  }

  /** Looks again whether the client keeps up, after an acknowledgement. */
  check(): void {
    if (this.#keepsUp) {
      this.isStalled = false;
      this.#release();
    } else {
      // Some of it got through: that is slow, not stalled.
      this.#patience?.refresh();
    }
  }

  get #keepsUp(): boolean {
    return !this.#connection.isFull && !this.#isBehind();
  }

  #release(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

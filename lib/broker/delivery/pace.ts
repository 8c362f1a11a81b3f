import type { Connection } from "../wire/connection.ts";

/** How long a client may stop reading before nobody waits for it any more. */
const PATIENCE_MILLISECONDS = 2_000;

/** Slows publishers down to what one client can take. */
export interface Pace {
  /** Whether the client has stopped reading altogether. */
  readonly isStalled: boolean;
  /** Whether the client keeps up, or nobody waits for it any more. */
  readonly isReady: boolean;
  /**
   * Calls back once the client keeps up: at once (never before this returns),
   * when it has caught up, or when patience with it has run out.
   */
  whenReady(callback: () => void): void;
  /** Looks again whether the client keeps up, after an acknowledgement. */
  check(): void;
}

/**
 * Watches a client's connection.
 *
 * @param connection The way to the client.
 * @param isBehind Whether more waits for the client than should.
 * @param onStall Is told when the client has stopped reading.
 */
export function createPace(
  connection: Connection,
  isBehind: () => boolean,
  onStall: () => void,
): Pace {
  let callbacks: (() => void)[] = [];
  let patience: ReturnType<typeof setTimeout> | undefined;
  let isStalled = false;

  function release(): void {
    clearTimeout(patience);
    patience = undefined;
    const ready = callbacks;
    callbacks = [];
    for (const callback of ready) callback();
  }
  function check(): void {
    if (connection.isFull || isBehind()) {
      // Some of it got through: that is slow, not stalled.
      patience?.refresh();
      return;
    }
    isStalled = false;
    release();
  }
  function isReady(): boolean {
    return isStalled || !connection.isOpen ||
      (!connection.isFull && !isBehind());
  }
  function stall(): void {
    isStalled = true;
    onStall();
    release();
  }
  connection.stream.on("drain", check);
  connection.stream.once("close", release);
  return {
    get isStalled() {
      return isStalled;
    },
    get isReady() {
      return isReady();
    },
    check,
    whenReady(callback) {
      if (isReady()) {
        queueMicrotask(callback);
        return;
      }
      callbacks.push(callback);
      patience ??= setTimeout(stall, PATIENCE_MILLISECONDS);
    },
  };
}

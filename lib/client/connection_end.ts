import { describeCause } from "./describe_cause.ts";
import { DisconnectedError } from "../errors.ts";

// After so many seconds a connection has lasted, and its end is news.
const LASTING = 10;
// So many losses in a row of connections that didn't last have a cause.
const TELLING_LOSSES = 3;

/**
 * How long to wait before the next attempt to connect: longer each time, with chance
 * in it, until a connection has lasted. One that stands for a moment may only be the
 * next to go the way of those before it.
 */
export class RetryPace {
  readonly #shortest: number;
  readonly #longest: number;
  #attempts = 0;
  #losses = 0;
  #lasting: ReturnType<typeof setTimeout> | undefined;

  /** Takes the shortest and the longest pause, in seconds. */
  constructor([shortest, longest]: readonly [number, number]) {
    this.#shortest = shortest;
    this.#longest = longest;
  }

  /** Notes that the connection stands. */
  begin(): void {
    const seconds = Math.min(LASTING, this.#longest);
    this.#lasting = setTimeout(
      () => this.#attempts = this.#losses = 0,
      seconds * 1000,
    );
  }

  /**
   * Notes that the connection, or an attempt, has ended.
   *
   * @returns The seconds until the next attempt.
   */
  end(): number {
    clearTimeout(this.#lasting);
    const most = Math.min(
      this.#longest,
      this.#shortest * 2 ** ++this.#attempts,
    );
    return this.#shortest + Math.random() * (most - this.#shortest);
  }

  /** Whether it is time to try elsewhere: none of the last attempts has lasted. */
  get isFutile(): boolean {
    return this.#attempts > 0 && this.#attempts % TELLING_LOSSES === 0;
  }

  /**
   * Counts a loss of which nobody knows the reason.
   *
   * @returns How many there have been since a connection lasted, if it is time to
   *   tell.
   */
  countLoss(): number | undefined {
    return ++this.#losses === TELLING_LOSSES ? TELLING_LOSSES : undefined;
  }
}

// Reasons of a DISCONNECT that no message is the cause of: busy, shutting down, taken
// over and the like.
const NOT_FOR_A_MESSAGE = [136, 137, 139, 141, 142, 152, 156, 157, 159, 160];
const CLOSED_BY_PEER = ["ECONNRESET", "ECONNABORTED", "EPIPE"];
/** What Deno's WebSocket says, without a code, of a peer that is gone. */
const GONE = /timed out|timeout|unreachable/i;

/**
 * Whether it is the broker that has ended a connection, and a message may be why:
 * not a dead peer, an answer that isn't MQTT, or a DISCONNECT with another reason.
 *
 * @param cause The broker's reason, or the connection's error, if there was one.
 */
export function isCutByBroker(
  cause: (Error & { code?: unknown; event?: unknown }) | undefined,
): boolean {
  if (cause === undefined) return true;
  if (cause instanceof DisconnectedError) {
    return !NOT_FOR_A_MESSAGE.includes(cause.code);
  }
  if (cause.event !== undefined) return !GONE.test(describeCause(cause));
  return CLOSED_BY_PEER.includes(String(cause.code));
}

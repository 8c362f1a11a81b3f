/**
 * Whether a client that lost its connection waits before it comes back.
 *
 * @module
 */
import type { MqttClient } from "../../../lib/mod.ts";

/** A timer may ring so many milliseconds early. */
const EARLY = 5;
/** With so many pauses, chance evens out. */
const ENOUGH = 30;
/** How long pauses must be, measured by what they are to be on average. */
const LEAST_SHARE = 0.6;

/**
 * Counts a client's attempts to connect, and the pauses that should be between
 * them: one at least as long as the shortest before each, and longer ones, up to
 * the longest, until a connection has lasted as long as that.
 */
export class Pace {
  readonly #name: string;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #now: () => number;
  #closed: number | undefined;
  #connected: number | undefined;
  #failures = 0;
  #attempts = 0;
  #withoutPause = 0;
  #waited = 0;
  #expected = 0;

  /**
   * Begins to count.
   *
   * @param name Whose attempts they are.
   * @param options The shortest and the longest pause, in seconds, and a clock in
   *   milliseconds.
   */
  constructor(
    name: string,
    { retryDelay: [shortest, longest], now = () => performance.now() }: {
      retryDelay: readonly [shortest: number, longest: number];
      now?: () => number;
    },
  ) {
    this.#name = name;
    this.#shortest = shortest * 1000;
    this.#longest = longest * 1000;
    this.#now = now;
  }

  /** Follows a client. */
  watch(client: MqttClient): void {
    client.on("connect", () => this.noteConnection());
    client.on("close", () => this.noteEnd());
    client.on("reconnect", () => this.noteAttempt());
  }

  /** Notes that a connection stands. */
  noteConnection(): void {
    this.#connected = this.#now();
  }

  /** Notes that a connection, or an attempt, has ended. */
  noteEnd(): void {
    const now = this.#now();
    const lasted = this.#connected === undefined ? 0 : now - this.#connected;
    if (lasted >= this.#longest) this.#failures = 0;
    this.#failures++;
    this.#connected = undefined;
    this.#closed = now;
  }

  /** Notes that another attempt begins. */
  noteAttempt(): void {
    this.#attempts++;
    const waited = this.#now() - (this.#closed ?? this.#now());
    this.#closed = undefined;
    if (waited < this.#shortest - EARLY) this.#withoutPause++;
    const most = Math.min(this.#longest, this.#shortest * 2 ** this.#failures);
    this.#waited += waited;
    this.#expected += (this.#shortest + most) / 2;
  }

  /** How many attempts there were. */
  get attempts(): number {
    return this.#attempts;
  }

  /** What must not be, in words. */
  findings(): string[] {
    const findings: string[] = [];
    if (this.#withoutPause > 0) {
      findings.push(
        `Storm: ${this.#withoutPause} of ${this.#attempts} attempts of ${this.#name} without the shortest pause`,
      );
    }
    const share = this.#waited / this.#expected;
    if (this.#attempts >= ENOUGH && share < LEAST_SHARE) {
      const percent = Math.round(share * 100);
      findings.push(
        `Storm: the pauses between ${this.#attempts} attempts of ${this.#name} have ${percent} % of the length that they should have`,
      );
    }
    return findings;
  }
}

/**
 * Whether clients that lose their connections wait before they come back.
 *
 * @module
 */
import type { MqttClient } from "../../lib/mod.ts";

/** A timer may ring so many milliseconds early. */
const EARLY = 5;
/** After so many failures in a row a pause has grown. */
const MANY_FAILURES = 3;
/** With so many pauses, chance evens out. */
const ENOUGH = 20;
/** How long they must be, measured by what they are to be on average. */
const LEAST_SHARE = 0.6;

/** What is known of one client. */
interface Attempts {
  /** In milliseconds. */
  connectedAt?: number | undefined;
  closedAt?: number | undefined;
  /** In a row, attempts that failed and connections that didn't last. */
  failures: number;
}

/**
 * Counts attempts to connect, and the pauses that should be between them: one at
 * least as long as the shortest before each, and longer ones, up to the longest,
 * until a connection has lasted as long as that.
 */
export class ReconnectPauses {
  readonly #shortest: number;
  readonly #longest: number;
  readonly #now: () => number;
  #attempts = 0;
  #withoutPause = 0;
  #grown = 0;
  #waited = 0;
  #expected = 0;

  /**
   * Begins to count.
   *
   * @param retryDelay The shortest and the longest pause, in seconds.
   * @param now A clock in milliseconds.
   */
  constructor(
    [shortest, longest]: readonly [shortest: number, longest: number],
    now: () => number = () => performance.now(),
  ) {
    this.#shortest = shortest * 1000;
    this.#longest = longest * 1000;
    this.#now = now;
  }

  /** Follows a client. */
  watch(client: Pick<MqttClient, "on">): void {
    const attempts: Attempts = { failures: 0 };
    client.on("connect", () => attempts.connectedAt = this.#now());
    // MQTT.js's pause may begin before the socket is closed: it says so once.
    client.on("offline", () => attempts.closedAt = this.#now());
    client.on("close", () => this.#noteEnd(attempts));
    client.on("reconnect", () => this.#noteAttempt(attempts));
  }

  #noteEnd(attempts: Attempts): void {
    const now = this.#now();
    const lasted = now - (attempts.connectedAt ?? now);
    if (lasted >= this.#longest) attempts.failures = 0;
    attempts.failures++;
    attempts.connectedAt = undefined;
    attempts.closedAt ??= now;
  }

  #noteAttempt(attempts: Attempts): void {
    const now = this.#now();
    const waited = now - (attempts.closedAt ?? now);
    attempts.closedAt = undefined;
    this.#attempts++;
    if (waited < this.#shortest - EARLY) this.#withoutPause++;
    if (attempts.failures < MANY_FAILURES) return;
    const most = Math.min(
      this.#longest,
      this.#shortest * 2 ** attempts.failures,
    );
    this.#grown++;
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
        `Storm: ${this.#withoutPause} of ${this.#attempts} attempts to connect without a pause`,
      );
    }
    const share = this.#waited / this.#expected;
    if (this.#grown >= ENOUGH && share < LEAST_SHARE) {
      const percent = Math.round(share * 100);
      findings.push(
        `Storm: ${this.#grown} pauses that should have grown have ${percent} % of their length`,
      );
    }
    return findings;
  }
}

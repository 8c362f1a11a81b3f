import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { createMinuteLog, quote, remember } from "../log.ts";
import { CheckQueue, Guesses, type Verdict } from "./check_queue.ts";

/** So many wrong passwords from an address cost nothing: people mistype. */
const FREE = 3;
/** How long an answer to a wrong password takes that costs nothing. */
const SHORTEST_DELAY = 500;
/** Less than the 30 s after which clients give up. */
const LONGEST_DELAY = 28_000;
/** Answers to wrong passwords leave only at multiples of it. */
const STEP = 250;
/** How long after its start an unchecked password is answered at the latest. */
const UNCHECKED_DELAY = 1_750;
/** After so much time without one, wrong passwords are forgotten. */
const MEMORY = 10 * 60_000;
/**
 * What may be tried from one address, or for one user: two a second are so many
 * that forty programs which try again after the longest delay leave some for
 * others, and a thousand at once so many that impatient ones do for a while.
 */
const RATE = { most: 1_000, millisecondsEach: 500 };
/** What may be tried for a user at one address, whatever others try there. */
const PAIR_RATE = { most: FREE, millisecondsEach: MEMORY / FREE };

/** Someone who says that they are a user. */
export interface Login {
  user: string;
  address: string;
  /** Whether the password was right before, which is known at once. */
  isKnown: boolean;
  /** Whether the password is right, however long that takes. */
  check: () => Promise<boolean>;
  /** Whether nobody waits for the answer any more. */
  isGone: () => boolean;
}

interface ThrottleOptions {
  log: (line: string) => void;
  limit?: number;
  now?: () => number;
  /** Resolves after so many milliseconds, or when the signal says so. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

/**
 * Slows down who tries one password after the other, and nobody else.
 *
 * A right password is answered at once, a wrong one late: the more of them have
 * come from its address, the later. Nobody learns more from an answer than that
 * a password is wrong. Until it has been found wrong, nothing here depends on
 * whether there is such a user or whether they have logged in before, except
 * for one thing: a right password that was right before need not wait for its
 * check. So that this doesn't make a quick test for passwords, it is done only
 * as often as guesses are allowed.
 */
export class LoginThrottle {
  readonly #now: () => number;
  readonly #wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly #random: () => number;
  readonly #report: (key: string, line: string) => void;
  readonly #queue: CheckQueue;
  readonly #byNetwork: Guesses;
  readonly #byUser: Guesses;
  readonly #byPair: Guesses;
  readonly #welcome = new Map<string, true>();
  readonly #mistakes = new Map<string, { count: number; last: number }>();
  readonly #closing = new AbortController();

  constructor({
    log,
    // One processor at least stays free for those who are logged in.
    limit = Math.max(1, navigator.hardwareConcurrency - 1),
    now = Date.now,
    wait = delay,
    random = Math.random,
  }: ThrottleOptions) {
    this.#now = now;
    this.#wait = wait;
    this.#random = random;
    this.#report = createMinuteLog(log, now);
    this.#queue = new CheckQueue({ limit, now });
    this.#byNetwork = new Guesses(RATE, now);
    this.#byUser = new Guesses(RATE, now);
    this.#byPair = new Guesses(PAIR_RATE, now);
  }

  /** Tells whether a password is right, and a wrong one as late as it deserves. */
  async judge(login: Login): Promise<Verdict> {
    const start = this.#now();
    const network = networkOf(login.address);
    // Names are as long as a client likes; these are equally short.
    const user = createHash("sha256").update(login.user).digest("base64");
    const pair = `${network} ${user}`;
    const mayNetwork = this.#byNetwork.take(network);
    const mayUser = this.#byUser.take(user);
    const mayPair = this.#byPair.take(pair);
    const letIn = (): Verdict => {
      if (mayNetwork) this.#byNetwork.giveBack(network);
      if (mayUser) this.#byUser.giveBack(user);
      if (mayPair) this.#byPair.giveBack(pair);
      remember(this.#welcome, pair, true);
      return "right";
    };
    if (login.isKnown) {
      const isWelcome = mayPair && this.#welcome.has(pair);
      if (isWelcome || mayNetwork && mayUser) return letIn();
    }
    const isOverdrawn = () =>
      !mayNetwork && !mayPair && this.#isSuspect(network);
    const verdict = isOverdrawn() ? "unchecked" : await this.#queue.run({
      run: login.check,
      isOff: () => login.isGone() || isOverdrawn(),
      isSuspect: () => this.#isSuspect(network),
    });
    if (verdict === "right") return letIn();
    if (verdict === "wrong") {
      this.#countMistake(network);
      await this.#waitUntil(
        start + this.#delayOf(login, network, start),
        login,
      );
    } else if (!login.isGone()) {
      this.#report(
        `unchecked ${network}`,
        `Login as ${
          quote(login.user)
        } from ${login.address} is put off: too many passwords to check`,
      );
      await this.#waitUntil(start + UNCHECKED_DELAY, login);
    }
    return verdict;
  }

  /** Lets nobody wait any longer, and resolves when no check is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue.close();
  }

  /** Whether so many wrong passwords have come from there that they cost. */
  #isSuspect(network: string): boolean {
    return this.#mistakesOf(network) >= FREE;
  }

  #mistakesOf(network: string): number {
    const { count, last } = this.#mistakes.get(network) ??
      { count: 0, last: 0 };
    return this.#now() - last > MEMORY ? 0 : count;
  }

  #countMistake(network: string): void {
    const mistakes = {
      count: this.#mistakesOf(network) + 1,
      last: this.#now(),
    };
    remember(this.#mistakes, network, mistakes);
  }

  /** How long after its start the answer to a wrong password is due. */
  #delayOf({ user, address }: Login, network: string, start: number): number {
    const longer = Math.max(0, this.#mistakesOf(network) - FREE);
    const deserved = Math.min(SHORTEST_DELAY * 2 ** longer, LONGEST_DELAY);
    // Those that came at once don't come back at once.
    const spread = longer === 0 ? 1 : 1 - this.#random() / 2;
    if (longer > 0) {
      this.#report(
        `wrong ${network}`,
        `Login as ${quote(user)} from ${address} is refused after up to ${
          deserved / 1_000
        } s: too many wrong passwords`,
      );
    }
    const milliseconds = Math.max(deserved * spread, this.#now() - start);
    return Math.ceil(milliseconds / STEP) * STEP;
  }

  async #waitUntil(time: number, { isGone }: Login): Promise<void> {
    const milliseconds = time - this.#now();
    if (milliseconds <= 0 || isGone()) return;
    await this.#wait(milliseconds, this.#closing.signal);
  }
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

/**
 * What one attacker has of addresses: with IPv6, all that share the first 64
 * bits.
 */
function networkOf(address: string): string {
  const [, ipv4] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":");
  const rest = tail?.split(":") ?? [];
  const zeros = Array(8 - groups.length - rest.length).fill("0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}

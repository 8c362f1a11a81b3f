import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { quote } from "../log.ts";
import { TaskQueue } from "./task_queue.ts";

/** So many wrong passwords cost nothing: people mistype. */
const FREE = 3;
const FIRST_DELAY = 250;
/** The longest wait because of the client's address. */
const LONGEST_FOR_ADDRESS = 5_000;
/** The longest wait because of the user's name: others may be guessing. */
const LONGEST_FOR_USER = 1_000;
/** After so much time without one, wrong passwords are forgotten. */
const MEMORY = 10 * 60_000;
/** How many addresses and users are remembered; the oldest go first. */
const MOST_REMEMBERED = 10_000;

/** Someone who says that they are a user. */
export interface Login {
  user: string;
  /** The IP address. */
  address: string;
  /** Whether nobody waits for the answer any more. */
  isGone: () => boolean;
}

/** What a throttle needs of the world. */
export interface ThrottleOptions {
  log: (line: string) => void;
  /** The time in milliseconds. */
  now?: () => number;
  /** Resolves after so many milliseconds, or when the signal says so. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Slows down who tries one password after the other.
 *
 * The logins of one address are checked one at a time, so that opening many
 * connections gains nothing, and each waits before it is checked, so that a
 * right password can't be told by a quick answer. Other addresses don't wait
 * for them. A user who has logged in from an address before is judged there by
 * their own mistakes only: one program with a wrong password doesn't hold up
 * its neighbours.
 */
export class LoginThrottle {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly #mistakes = new Map<string, { count: number; last: number }>();
  readonly #welcome = new Map<string, true>();
  readonly #queues = new Map<string, TaskQueue>();
  readonly #closing = new AbortController();

  constructor({ log, now = Date.now, wait = delay }: ThrottleOptions) {
    this.#log = log;
    this.#now = now;
    this.#wait = wait;
  }

  /** How many addresses and users are remembered. */
  get size(): number {
    return this.#mistakes.size + this.#welcome.size + this.#queues.size;
  }

  /** Whether a login is right, which `check` tells when its turn has come. */
  async judge(login: Login, check: () => Promise<boolean>): Promise<boolean> {
    const network = networkOf(login.address);
    // Names are as long as a client likes; these are equally short.
    const user = createHash("sha256").update(login.user).digest("base64");
    const pair = `${network} ${user}`;
    const place = this.#welcome.has(pair) ? pair : network;
    let queue = this.#queues.get(place);
    if (queue === undefined) this.#queues.set(place, queue = new TaskQueue(1));
    try {
      return await queue.run(async () => {
        await this.#pause(login, place, user);
        if (login.isGone() || this.#closing.signal.aborted) return false;
        const isRight = await check();
        if (isRight) {
          remember(this.#welcome, pair, true);
          this.#mistakes.delete(pair);
          this.#mistakes.delete(user);
        } else {
          this.#count(place);
          this.#count(user);
        }
        return isRight;
      });
    } finally {
      const isCurrent = this.#queues.get(place) === queue;
      if (isCurrent && queue.isIdle) this.#queues.delete(place);
    }
  }

  /** Lets nobody wait any longer, and resolves when no check is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    const queues = [...this.#queues.values()];
    await Promise.all(queues.map((queue) => queue.run(async () => {})));
  }

  async #pause(login: Login, place: string, user: string): Promise<void> {
    if (login.isGone() || this.#closing.signal.aborted) return;
    const isWelcome = place.endsWith(` ${user}`);
    const milliseconds = Math.max(
      this.#delay(place, LONGEST_FOR_ADDRESS),
      isWelcome ? 0 : this.#delay(user, LONGEST_FOR_USER),
    );
    if (milliseconds === 0) return;
    const seconds = milliseconds / 1_000;
    this.#log(
      `Login as ${
        quote(login.user)
      } from ${login.address} waits ${seconds} s: too many wrong passwords`,
    );
    await this.#wait(milliseconds, this.#closing.signal);
  }

  #delay(key: string, longest: number): number {
    const { count, last } = this.#mistakes.get(key) ?? { count: 0, last: 0 };
    if (count < FREE || this.#now() - last > MEMORY) return 0;
    return Math.min(FIRST_DELAY * 2 ** (count - FREE), longest);
  }

  #count(key: string): void {
    const now = this.#now();
    const { count, last } = this.#mistakes.get(key) ?? { count: 0, last: now };
    const isForgotten = now - last > MEMORY;
    const mistakes = { count: isForgotten ? 1 : count + 1, last: now };
    remember(this.#mistakes, key, mistakes);
  }
}

/** Sets a key as the latest, and forgets the oldest where there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST_REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
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

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

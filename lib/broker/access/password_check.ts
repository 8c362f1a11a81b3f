import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  formatHash,
  isHashOf,
  ITERATIONS,
  nobodysHash,
  type PasswordHash,
  spend,
} from "./password_hash.ts";

/** A password that came with CONNECT, if one did. */
type Password = Uint8Array | undefined;

/**
 * Knows whose passwords are right. To find one wrong is the same work, whether
 * there is such a user or not, and whether or not they have logged in before.
 */
export class PasswordCheck {
  // Equally long and keyed anew in each process, so the time that a comparison
  // takes says nothing about the password.
  readonly #key = randomBytes(32);
  readonly #nobody = randomBytes(32);
  /**
   * Those that a program gave, and those that were right before: when the
   * network is back, a class that logs in again needn't wait for slow hashes.
   */
  readonly #known = new Map<string, Uint8Array>();
  readonly #work: { isHashOf: typeof isHashOf; spend: typeof spend };
  #hashes: ReadonlyMap<string, PasswordHash> = new Map();
  #longest = ITERATIONS;
  #nobodys = nobodysHash(ITERATIONS);

  /** */
  constructor(plain: Record<string, string>, work = { isHashOf, spend }) {
    this.#work = work;
    for (const [user, password] of Object.entries(plain)) {
      this.#known.set(user, this.#digest(password));
    }
  }

  /** Takes other hashes, by user name, of users that no program gave. */
  setHashes(hashes: ReadonlyMap<string, PasswordHash>): void {
    for (const [user, hash] of this.#hashes) {
      if (!isSame(hash, hashes.get(user))) this.#known.delete(user);
    }
    this.#hashes = hashes;
    const iterations = [...hashes.values()].map(({ iterations }) => iterations);
    this.#longest = Math.max(ITERATIONS, ...iterations);
    this.#nobodys = nobodysHash(this.#longest);
  }

  /** Whether a password is right and was so before, which takes no time. */
  isKnown(user: string, password: Password): boolean {
    const digest = this.#digest(password ?? new Uint8Array());
    const known = this.#known.get(user) ?? this.#nobody;
    return timingSafeEqual(digest, known) && password !== undefined;
  }

  /**
   * Whether a password is right. It is as much work where that is known: whoever
   * is sent here mustn't be told quicker.
   */
  async isRight(user: string, password: Password): Promise<boolean> {
    if (this.#hashes.size === 0) return this.isKnown(user, password);
    const bytes = password ?? new Uint8Array();
    const hash = this.#hashes.get(user);
    const rest = hash === undefined ? 0 : this.#longest - hash.iterations;
    const fits = await this.#work.isHashOf(hash ?? this.#nobodys, bytes);
    if (!fits) await this.#work.spend(rest);
    if (hash === undefined) return this.isKnown(user, password);
    if (!fits || password === undefined) return false;
    // It may have been changed in the meantime.
    if (!isSame(hash, this.#hashes.get(user))) {
      return await this.isRight(user, password);
    }
    this.#known.set(user, this.#digest(bytes));
    return true;
  }

  #digest(password: string | Uint8Array): Uint8Array {
    return createHmac("sha256", this.#key).update(password).digest();
  }
}

/** Whether a user's password is the same as before. */
export function isSame(
  hash: PasswordHash,
  other: PasswordHash | undefined,
): boolean {
  return other !== undefined && formatHash(hash) === formatHash(other);
}

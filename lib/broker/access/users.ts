import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  formatHash,
  isHashOf,
  ITERATIONS,
  nobodysHash,
  type PasswordHash,
  spend,
} from "./password_hash.ts";
import type { BrokerOptions } from "../options.ts";
import { type PasswordFile, readPasswordFile } from "./access_files.ts";

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

function isSame(
  hash: PasswordHash,
  other: PasswordHash | undefined,
): boolean {
  return other !== undefined && formatHash(hash) === formatHash(other);
}

/**
 * Reads who may log in, from the options and from a password file.
 *
 * @throws {TypeError} If the file can't be read or understood, or has a user that
 * the options have, too.
 */
export async function readUsers(
  { users: plain = {}, passwordFile }: BrokerOptions,
) {
  const passwords = new PasswordCheck(plain);
  const names = Object.keys(plain);
  let file: PasswordFile | undefined;

  /**
   * Reads the file again, and keeps what was before where that fails.
   *
   * @returns Whether anybody has changed.
   */
  async function reload(): Promise<boolean> {
    if (passwordFile === undefined) return false;
    const read = await readPasswordFile(passwordFile);
    const twice = names.find((name) => read.users.has(name));
    if (twice !== undefined) {
      throw new TypeError(
        `${read.name} has the user "${twice}", and so have the other users: one of the two must go`,
      );
    }
    const before = file?.users;
    file = read;
    passwords.setHashes(read.users);
    return before?.size !== read.users.size ||
      [...before].some(([name, hash]) => !isSame(hash, read.users.get(name)));
  }
  await reload();
  return {
    /** Whether there is nobody to name, so that everyone may come in. */
    isOpen: passwordFile === undefined && names.length === 0,
    passwords,
    /** Whether somebody has this name. */
    has: (name: string) =>
      Object.hasOwn(plain, name) || file?.users.has(name) === true,
    /** Something that changes with a user's password; nothing for nobody. */
    credentialOf(name: string): string | undefined {
      // These never change.
      if (Object.hasOwn(plain, name)) return "given";
      const hash = file?.users.get(name);
      return hash && formatHash(hash);
    },
    /** What is hardly meant. */
    warnings(): string[] {
      if (file === undefined) return [];
      const { name, users } = file;
      const weak = [...users].filter(([, hash]) =>
        hash.iterations < ITERATIONS
      );
      return [
        ...users.size === 0 && names.length === 0
          ? [`${name} names nobody: nobody can log in`]
          : [],
        ...weak.map(([user, { iterations }]) =>
          `${name} has a hash of "${user}" with ${iterations} iterations, which is quick to guess: set the password again with broker:passwd`
        ),
      ];
    },
    reload,
  };
}

import { createHash } from "node:crypto";
import type { BrokerOptions } from "../options.ts";
import { PasswordCheck } from "./password_check.ts";
import { type PasswordFile, readPasswordFile } from "./password_file.ts";
import { formatHash, ITERATIONS } from "./password_hash.ts";

/** Who may log in, from the options and from a password file. */
export interface Users {
  /** Whether there is nobody to name, so that everyone may come in. */
  readonly isOpen: boolean;
  readonly passwords: PasswordCheck;
  /** Whether somebody has this name. */
  has(name: string): boolean;
  /** Something that changes with a user's password; nothing for nobody. */
  credentialOf(name: string): string | undefined;
  /** What is hardly meant. */
  warnings(): string[];
  /**
   * Reads the file again, and keeps what was before where that fails.
   *
   * @returns Whether anybody has changed.
   * @throws {TypeError} If it can't be read or understood, or has a user that
   * the options have, too.
   */
  reload(): Promise<boolean>;
}

/**
 * Reads the users.
 *
 * @throws {TypeError} As {@linkcode Users.reload} does.
 */
export async function readUsers(
  { users: plain = {}, passwordFile }: BrokerOptions,
): Promise<Users> {
  const passwords = new PasswordCheck(plain);
  const names = Object.keys(plain);
  let file: PasswordFile | undefined;
  let credentials = new Map<string, string>();

  async function reload(): Promise<boolean> {
    if (passwordFile === undefined) return false;
    const read = await readPasswordFile(passwordFile);
    const twice = names.find((name) => read.users.has(name));
    if (twice !== undefined) {
      throw new TypeError(
        `${read.name} has the user "${twice}", and so have the other users: one of the two must go`,
      );
    }
    const before = credentials;
    credentials = new Map(
      [...read.users].map(([name, hash]) => [name, digest(formatHash(hash))]),
    );
    file = read;
    passwords.setHashes(read.users);
    return before.size !== credentials.size ||
      [...before].some(([name, text]) => credentials.get(name) !== text);
  }
  await reload();
  return {
    isOpen: passwordFile === undefined && names.length === 0,
    passwords,
    has: (name) => Object.hasOwn(plain, name) || credentials.has(name),
    credentialOf(name) {
      // These never change.
      return Object.hasOwn(plain, name) ? "given" : credentials.get(name);
    },
    warnings() {
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

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

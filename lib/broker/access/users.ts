import type { BrokerOptions } from "../options.ts";
import { isSame, PasswordCheck } from "./password_check.ts";
import { type PasswordFile, readPasswordFile } from "./password_file.ts";
import { formatHash, ITERATIONS } from "./password_hash.ts";

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

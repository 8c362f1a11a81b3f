import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  isHashOf,
  ITERATIONS,
  nobodysHash,
  type PasswordHash,
  spend,
} from "./password_hash.ts";
import { TaskQueue } from "./task_queue.ts";

/** Whether a password is that of a user. */
export type PasswordCheck = (
  user: string,
  password: Uint8Array | undefined,
) => Promise<boolean>;

/**
 * Makes what checks passwords. A wrong one takes the same time, whether or not
 * there is such a user.
 *
 * @param plain Passwords by user name.
 * @param hashes Hashes by user name, of other users.
 */
export function createPasswordCheck(
  plain: Record<string, string>,
  hashes: ReadonlyMap<string, PasswordHash>,
): PasswordCheck {
  // Equally long and keyed anew in each process, so the time that a comparison
  // takes says nothing about the password.
  const key = randomBytes(32);
  const digest = (password: string | Uint8Array) =>
    createHmac("sha256", key).update(password).digest();
  /**
   * Those of `plain`, and those that were right before: when the network is
   * back, a class that logs in again needn't wait for slow hashes.
   */
  const known = new Map(
    Object.entries(plain).map(([user, text]) => [user, digest(text)]),
  );
  const nobody = randomBytes(32);
  const longest = Math.max(
    ITERATIONS,
    ...[...hashes.values()].map(({ iterations }) => iterations),
  );
  const nobodys = nobodysHash(longest);
  // One processor at least stays free for those who are logged in.
  const hashing = new TaskQueue(
    Math.max(1, navigator.hardwareConcurrency - 1),
  );

  return async (user, password) => {
    const bytes = password ?? new Uint8Array();
    const short = digest(bytes);
    const isKnown = timingSafeEqual(short, known.get(user) ?? nobody);
    if (isKnown) return password !== undefined;
    if (hashes.size === 0) return false;
    const hash = hashes.get(user) ?? nobodys;
    return await hashing.run(async () => {
      const isRight = await isHashOf(hash, bytes);
      if (!isRight) await spend(longest - hash.iterations);
      else known.set(user, short);
      return isRight && password !== undefined;
    });
  };
}

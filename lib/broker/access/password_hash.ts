import { Buffer } from "node:buffer";
import { pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

// Off the event loop, in contrast to pbkdf2Sync.
const derive = promisify(pbkdf2);

/**
 * What OWASP's Password Storage Cheat Sheet asks of PBKDF2 with HMAC-SHA-512 at
 * the least. It takes a computer about a fifth of a second, and whoever has
 * stolen the file just as long for each guess.
 */
export const ITERATIONS = 210_000;

/** mosquitto takes no other lengths. */
const SALT_BYTES = 12;
const HASH_BYTES = 64;
const MOST_ITERATIONS = 2 ** 31 - 1;
const FORMAT = /^\$7\$([1-9]\d{0,9})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** What a password file keeps of a password. */
export interface PasswordHash {
  iterations: number;
  salt: Uint8Array;
  hash: Uint8Array;
}

/** Hashes a password with a new salt. */
export async function hashPassword(
  password: string,
  iterations: number = ITERATIONS,
): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await pbkdf2Sha512(Buffer.from(password), salt, iterations);
  return { iterations, salt, hash };
}

/** The hash of no password, as slow as those with so many iterations. */
export function nobodysHash(iterations: number): PasswordHash {
  const [salt, hash] = [randomBytes(SALT_BYTES), randomBytes(HASH_BYTES)];
  return { iterations, salt, hash };
}

export async function isHashOf(
  { iterations, salt, hash }: PasswordHash,
  password: Uint8Array,
): Promise<boolean> {
  const other = await pbkdf2Sha512(password, salt, iterations);
  return timingSafeEqual(hash, other);
}

/** Works for as long as so many iterations take. */
export async function spend(iterations: number): Promise<void> {
  const nothing = new Uint8Array(SALT_BYTES);
  if (iterations > 0) await pbkdf2Sha512(nothing, nothing, iterations);
}

/** Writes a hash as mosquitto 2.0 does: `$7$ITERATIONS$SALT$HASH`. */
export function formatHash({ iterations, salt, hash }: PasswordHash): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  return `$7$${iterations}$${base64(salt)}$${base64(hash)}`;
}

/** Reads a hash; `undefined` if it is none, or of another kind. */
export function parseHash(text: string): PasswordHash | undefined {
  const [, count, saltText, hashText] = FORMAT.exec(text) ?? [];
  if (saltText === undefined || hashText === undefined) return undefined;
  const iterations = Number(count);
  const salt = Buffer.from(saltText, "base64");
  const hash = Buffer.from(hashText, "base64");
  const isRight = iterations <= MOST_ITERATIONS &&
    salt.length === SALT_BYTES && hash.length === HASH_BYTES;
  return isRight ? { iterations, salt, hash } : undefined;
}

function pbkdf2Sha512(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Promise<Buffer> {
  return derive(password, salt, iterations, HASH_BYTES, "sha512");
}

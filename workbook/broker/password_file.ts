import { randomUUID } from "node:crypto";
import {
  readPasswordFile,
  userOf,
} from "../../lib/broker/access/access_files.ts";
import {
  formatHash,
  hashPassword,
} from "../../lib/broker/access/password_hash.ts";

/** MQTT has no longer texts. */
const MOST_BYTES = 65_535;

/** Adds a user to a password file, which is made if there is none, or changes it. */
export async function setPassword(
  path: string,
  user: string,
  password: string,
): Promise<"added" | "changed"> {
  assertUserName(user);
  assertPassword(password);
  const file = await exists(path)
    ? await readPasswordFile(path)
    : { users: new Map(), lines: [] };
  const line = `${user}:${formatHash(await hashPassword(password))}`;
  const isKnown = file.users.has(user);
  const lines = isKnown
    ? file.lines.map((other) => userOf(other) === user ? line : other)
    : [...withoutEnd(file.lines), line, ""];
  await replaceFile(path, lines);
  return isKnown ? "changed" : "added";
}

/**
 * Takes a user out of a password file.
 *
 * @throws {TypeError} If there is no such user.
 */
export async function deleteUser(path: string, user: string): Promise<void> {
  const { name, users, lines } = await readPasswordFile(path);
  if (!users.has(user)) {
    const known = [...users.keys()].join(", ") || "nobody";
    throw new TypeError(
      `${name} has no user ${JSON.stringify(user)}: it has ${known}`,
    );
  }
  await replaceFile(path, lines.filter((line) => userOf(line) !== user));
}

/**
 * Checks a user's name for a password file.
 *
 * @throws {TypeError} If mosquitto or this broker would read another name back.
 */
export function assertUserName(name: string): void {
  const fail = (must: string) => {
    throw new TypeError(`User name is ${JSON.stringify(name)}: ${must}`);
  };
  if (name === "") fail("it must not be empty");
  if (name.includes(":")) fail("it must have no colon");
  if (/\p{Cc}/u.test(name)) fail("it must have no control character");
  if (name.startsWith("#")) fail("it must not begin with #");
  if (name !== name.trim()) fail("it must not begin or end with a space");
  if (sizeOf(name) > MOST_BYTES) {
    throw new TypeError(
      "User name is too long: it must have 65,535 bytes at most",
    );
  }
}

/** @throws {TypeError} If a client couldn't send it, or nobody could type it. */
export function assertPassword(password: string): void {
  if (password === "") {
    throw new TypeError("Password is empty: it must have a character at least");
  }
  if (/\p{Cc}/u.test(password)) {
    throw new TypeError("Password has a control character: it must have none");
  }
  if (sizeOf(password) > MOST_BYTES) {
    throw new TypeError(
      "Password is too long: it must have 65,535 bytes at most",
    );
  }
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The lines without the empty ones that end a file. */
function withoutEnd(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return lines.slice(0, last + 1);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes all of a file or nothing, for nobody else to read. */
async function replaceFile(path: string, lines: string[]): Promise<void> {
  // A link stays one, and what it leads to changes.
  const target = await exists(path) ? await Deno.realPath(path) : path;
  const temporary = `${target}.${randomUUID()}`;
  try {
    {
      using file = await Deno.open(temporary, {
        write: true,
        createNew: true,
        mode: 0o600,
      });
      const bytes = new TextEncoder().encode(lines.join("\n"));
      for (let written = 0; written < bytes.length;) {
        written += await file.write(bytes.subarray(written));
      }
      await file.sync();
    }
    await Deno.rename(temporary, target);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    const { message } = cause as Error;
    throw new Error(`Password file "${path}" can't be written: ${message}`, {
      cause,
    });
  }
}

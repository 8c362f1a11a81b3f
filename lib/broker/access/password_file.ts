import { randomUUID } from "node:crypto";
import { readAccessFile } from "./access_file.ts";
import {
  formatHash,
  hashPassword,
  parseHash,
  type PasswordHash,
} from "./password_hash.ts";

const MOST_BYTES = 65_535;

/** A password file, in the format of mosquitto's `password_file`. */
export interface PasswordFile {
  /** What messages call it. */
  name: string;
  /** Its users, in the file's order. */
  users: Map<string, PasswordHash>;
  /** All its lines, with those that are no user's. */
  lines: string[];
}

/**
 * Reads a password file.
 *
 * @throws {TypeError} If it can't be read, or a line isn't understood. The
 * message doesn't repeat what may be a password.
 */
export async function readPasswordFile(
  path: string | URL,
): Promise<PasswordFile> {
  const { name, lines } = await readAccessFile("Password file", path);
  const users = new Map<string, PasswordHash>();
  for (const [index, line] of lines.entries()) {
    const user = userOf(line);
    if (user === undefined && isIdle(line)) continue;
    const where = `${name} line ${index + 1}`;
    if (user === undefined) {
      throw new TypeError(`${where} has no ":": it must be NAME:HASH`);
    }
    const quoted = JSON.stringify(user);
    const hash = parseHash(line.slice(line.indexOf(":") + 1).trim());
    if (hash === undefined) {
      throw new TypeError(
        `${where} has no hash of the form $7$… for ${quoted}: set the password with broker:passwd`,
      );
    }
    if (users.has(user)) {
      throw new TypeError(`${where} names ${quoted} for the second time`);
    }
    users.set(user, hash);
  }
  return { name, users, lines };
}

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

function userOf(line: string): string | undefined {
  const colon = line.indexOf(":");
  return colon < 0 || line.startsWith("#")
    ? undefined
    : line.slice(0, colon).trim();
}

/** Whether a line is empty or a comment. */
function isIdle(line: string): boolean {
  return line.startsWith("#") || line.trim() === "";
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

import { readAccessFile } from "./access_file.ts";
import { parseHash, type PasswordHash } from "./password_hash.ts";

/** A password file, in the format of mosquitto's `password_file`. */
export interface PasswordFile {
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

/** The user whose line it is, if it is one's. */
export function userOf(line: string): string | undefined {
  const colon = line.indexOf(":");
  return colon < 0 || line.startsWith("#")
    ? undefined
    : line.slice(0, colon).trim();
}

/** Whether a line is empty or a comment. */
function isIdle(line: string): boolean {
  return line.startsWith("#") || line.trim() === "";
}

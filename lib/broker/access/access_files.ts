import { assertTopicFilter } from "../../topics.ts";
import type { AclEntry } from "./rules.ts";
import { parseHash, type PasswordHash } from "./password_hash.ts";

/**
 * Reads a file that says who may do what, line by line.
 *
 * @returns What messages call this file, and its lines without their ends.
 */
async function readAccessFile(
  kind: string,
  path: string | URL,
): Promise<{ name: string; lines: string[] }> {
  const name = `${kind} "${path}"`;
  const bytes = await Deno.readFile(path).catch((error: Error) => {
    throw new TypeError(`${name} can't be read: ${reason(error)}`, {
      cause: error,
    });
  });
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { name, lines: text.split(/\r?\n/) };
  } catch (cause) {
    throw new TypeError(`${name} can't be read: it must be UTF-8 text`, {
      cause,
    });
  }
}

function reason(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "run the program with --allow-read";
  }
  return error.message;
}

const ACCESS: readonly string[] = ["read", "write", "readwrite", "deny"];

export async function readAclFile(path: string | URL): Promise<AclEntry[]> {
  const { name, lines } = await readAccessFile("ACL file", path);
  const entries: AclEntry[] = [];
  // What comes before the first user is for who hasn't logged in.
  let user: string | undefined;
  for (const [index, untrimmed] of lines.entries()) {
    const line = untrimmed.trimEnd();
    if (line.startsWith("#") || line === "") continue;
    const fail = (must: string): never => {
      throw new TypeError(
        `${name} line ${index + 1} is ${JSON.stringify(line)}: ${must}`,
      );
    };
    // mosquitto would take a tab for a part of the topic.
    // deno-lint-ignore no-control-regex
    if (/[\0-\x1f]/.test(line)) fail("its words must have spaces between them");
    const [keyword, rest] = cut(line.trimStart());
    if (keyword === "user") {
      if (rest === "") fail("the user's name must follow");
      user = rest;
    } else if (keyword === "topic" || keyword === "pattern") {
      const { access, filter } = readTopic(rest, fail);
      const isPattern = keyword === "pattern";
      const who = isPattern ? "everyone" : { user };
      entries.push({ who, access, filter, isPattern });
    } else {
      fail("it must begin with topic, pattern, user or #");
    }
  }
  return entries;
}

/** Reads `[read|write|readwrite|deny] FILTER`; a filter may have spaces in it. */
function readTopic(
  text: string,
  fail: (must: string) => never,
): Pick<AclEntry, "access" | "filter"> {
  const [word, rest] = cut(text);
  const [access, filter] = rest === "" ? ["readwrite", word] : [word, rest];
  if (filter === "") fail("a topic must follow");
  if (!ACCESS.includes(access)) {
    fail(`"${access}" must be read, write, readwrite or deny`);
  }
  try {
    assertTopicFilter(filter);
  } catch (error) {
    fail((error as Error).message);
  }
  return { access: access as AclEntry["access"], filter };
}

/** The first word, and what follows it. */
function cut(text: string): [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*) *(.*)$/.exec(text)!;
  return [word, rest];
}

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

import { assertTopicFilter } from "../../topics.ts";
import { readAccessFile } from "./access_file.ts";
import type { AclEntry } from "./rules.ts";

const ACCESS: readonly string[] = ["read", "write", "readwrite", "deny"];

/** Reads a file in the format of mosquitto's `acl_file`. */
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

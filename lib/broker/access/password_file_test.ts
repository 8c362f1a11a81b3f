import { assertEquals } from "@std/assert";
import { readPasswordFile } from "./password_file.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { test } from "../../../testing/test.ts";
import { rejection } from "../../../testing/deadline.ts";

test.folder("readPasswordFile() names file and line, and repeats no password", async (folder) => {
  const file = `${folder}/passwords`;
  const ann = `ann:${formatHash(await hashPassword("secret", 100))}`;
  const cases = {
    "hunter2": 'line 3 has no ":": it must be NAME:HASH',
    "bob:hunter2":
      'line 3 has no hash of the form $7$… for "bob": set the password with broker:passwd',
    "bob:$6$c2FsdHNhbHRzYWx0$hunter2": 'for "bob"',
    [ann.replace("$100$", "$0$").replace("ann", "bob")]: 'for "bob"',
    [ann.replace("$100$", "$9999999999$").replace("ann", "bob")]: 'for "bob"',
    [ann.replace("ann", "bob").slice(0, -8)]: 'for "bob"',
    [ann]: 'line 3 names "ann" for the second time',
  };
  for (const [line, text] of Object.entries(cases)) {
    await Deno.writeTextFile(file, `# Users\n${ann}\n${line}\n`);
    const reading = readPasswordFile(file);
    const { message } = await rejection(reading, TypeError, text);
    assertEquals(message.startsWith(`Password file "${file}" line 3 `), true);
    assertEquals(message.includes("hunter2"), false);
  }
  await rejection(
    readPasswordFile("missing"),
    TypeError,
    'Password file "missing" can\'t be read: there is no such file',
  );
});

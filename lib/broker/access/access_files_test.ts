import { assertEquals } from "@std/assert";
import { readAclFile, readPasswordFile } from "./access_files.ts";
import { startMosquitto } from "../../../testing/brokers/mosquitto.ts";
import { temporaryFolder } from "../../../testing/temporary_folder.ts";
import { rejection, within } from "../../../testing/deadline.ts";
import { test } from "../../../testing/peer_tests.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { createFileWatch } from "./file_watch.ts";

async function read(text: string | Uint8Array) {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/acl`;
  if (typeof text === "string") await Deno.writeTextFile(file, text);
  else await Deno.writeFile(file, text);
  return await readAclFile(file);
}

const GOOD = `# For the class
topic read news

  user  ann lee\x20
topic readwrite iot/a b/#
topic  write   iot/+\r
topic deny
#user bob
pattern readwrite own/%u/%c
topic deny %u
`;

/** Lines that are refused, with the reason. */
const BAD: Record<string, string> = {
  "topc read a": "it must begin with topic, pattern, user or #",
  " # not at the start": "it must begin with topic, pattern, user or #",
  "topic": "a topic must follow",
  "pattern": "a topic must follow",
  "topic maybe a/b": '"maybe" must be read, write, readwrite or deny',
  "topic read a/#/b": "# must be its last level, alone",
  "topic read a+": "+ must be a whole level",
  "user": "the user's name must follow",
};

Deno.test("readAclFile() reads mosquitto's format", async () => {
  const ann = { user: "ann lee" };
  const anonymous = { user: undefined };
  const row = (who: unknown, access: string, filter: string) => ({
    who,
    access,
    filter,
    isPattern: who === "everyone",
  });
  const expected = [
    row(anonymous, "read", "news"),
    row(ann, "readwrite", "iot/a b/#"),
    row(ann, "write", "iot/+"),
    row(ann, "readwrite", "deny"),
    row("everyone", "readwrite", "own/%u/%c"),
    row(ann, "deny", "%u"),
  ];
  assertEquals<unknown>(await read(GOOD), expected);
  // As Windows's editor may write it.
  assertEquals<unknown>(await read(`\ufeff${GOOD}`), expected);
  assertEquals(await read(""), []);
});

Deno.test("readAclFile() names the file, the line and its text where it is wrong", async () => {
  for (const [line, reason] of Object.entries(BAD)) {
    const reading = read(`topic a\n\n${line}\ntopic b`);
    const { message } = await rejection(reading, TypeError);
    const beginning = /^ACL file "[^"]+" line 3 is /.exec(message)?.[0];
    const rest = message.slice(beginning?.length ?? 0);
    assertEquals(rest.startsWith(`${JSON.stringify(line)}: `), true, message);
    assertEquals(rest.endsWith(reason), true, message);
  }
});

Deno.test("readAclFile() says why it can't read a file", async () => {
  await rejection(
    readAclFile("missing.acl"),
    TypeError,
    'ACL file "missing.acl" can\'t be read: there is no such file',
  );
  const reading = read(Uint8Array.of(0xff, 0xfe));
  await rejection(reading, TypeError, "it must be UTF-8 text");
  await rejection(
    read("topic read\tnews"),
    TypeError,
    'line 1 is "topic read\\tnews": its words must have spaces between them',
  );
});

test.mosquitto("mosquitto takes what readAclFile() takes, and refuses what it refuses", async () => {
  const start = (text: string) =>
    startMosquitto({
      config: ({ directory }) => {
        Deno.writeTextFileSync(`${directory}/acl`, text);
        return `acl_file ${directory}/acl`;
      },
    });
  await (await start(GOOD))[Symbol.asyncDispose]();
  for (const line of Object.keys(BAD)) {
    await rejection(start(`${line}\n`), Error, "mosquitto did not start");
  }
});

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

/** Watches a file, and tells when it has been found changed so many times. */
async function watch(paths: string[], period = 20) {
  let changes = 0;
  let wake = () => {};
  const watch = await createFileWatch(paths, () => {
    changes++;
    wake();
    return Promise.resolve();
  }, { period });
  return {
    watch,
    changes: () => changes,
    async untilChanges(count: number): Promise<void> {
      while (changes < count) {
        const more = new Promise<void>((resolve) => wake = resolve);
        await within("a change", more);
      }
    },
    [Symbol.asyncDispose]: () => watch.close(),
  };
}

test.folder("createFileWatch() notices a file that is written, replaced, removed and made", async (folder) => {
  const [path, other] = [`${folder}/a`, `${folder}/b`];
  await Deno.writeTextFile(path, "one");
  await Deno.writeTextFile(other, "one");
  await using watched = await watch([path, other]);
  watched.watch.start();
  await Deno.writeTextFile(path, "two");
  await watched.untilChanges(1);
  await Deno.writeTextFile(`${folder}/new`, "two");
  await Deno.rename(`${folder}/new`, path);
  await watched.untilChanges(2);
  await Deno.remove(other);
  await watched.untilChanges(3);
  await Deno.writeTextFile(other, "two");
  await watched.untilChanges(4);
});

test.folder("createFileWatch() knows what was there when it was made, and what it is told of", async (folder) => {
  const path = `${folder}/a`;
  await using watched = await watch([path]);
  await Deno.writeTextFile(path, "one");
  await watched.watch.refresh();
  watched.watch.start();
  await Deno.writeTextFile(path, "two, longer");
  await watched.untilChanges(1);
  assertEquals(watched.changes(), 1);
});

test.folder("createFileWatch() leaves a file alone while it is being written", async (folder) => {
  const path = `${folder}/a`;
  await using watched = await watch([path], 200);
  watched.watch.start();
  {
    using file = await Deno.open(path, { write: true, create: true });
    for (let index = 0; index < 150; index++) {
      await file.write(new Uint8Array(1_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(watched.changes(), 0);
  }
  await watched.untilChanges(1);
});

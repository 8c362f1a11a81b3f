import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { smallDiskTest } from "../../testing/small_disk.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { startBroker } from "../../lib/broker.ts";
import { readPasswordFile } from "../../lib/broker/access/access_files.ts";
import {
  formatHash,
  hashPassword,
  isHashOf,
} from "../../lib/broker/access/password_hash.ts";
import {
  assertPassword,
  assertUserName,
  deleteUser,
  setPassword,
} from "./password_file.ts";
import { test } from "../../testing/test_programs.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A line of a password file, with a hash that doesn't take long. */
async function lineFor(user: string, password: string): Promise<string> {
  return `${user}:${formatHash(await hashPassword(password, 100))}`;
}

Deno.test("setPassword() adds users, changes their passwords, and leaves the rest as it is", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/passwords`;
  const ann = await lineFor("ann", "secret");
  await Deno.writeTextFile(file, `# The class\n\n${ann}\r\n# The end\n\n`, {
    mode: 0o644,
  });
  assertEquals(await setPassword(file, "bob lee", "pässword"), "added");
  const added = await Deno.readTextFile(file);
  const start = `# The class\n\n${ann}\n# The end\nbob lee:$7$210000$`;
  assertEquals(added.slice(0, start.length), start);
  assertEquals(added.endsWith("==\n"), true);
  assertEquals(await setPassword(file, "bob lee", "other"), "changed");
  const { users } = await readPasswordFile(file);
  assertEquals([...users.keys()], ["ann", "bob lee"]);
  const bob = users.get("bob lee")!;
  assertEquals(await isHashOf(bob, bytes("other")), true);
  assertEquals(await isHashOf(bob, bytes("pässword")), false);
  assertEquals(await isHashOf(users.get("ann")!, bytes("secret")), true);
  const names = await Array.fromAsync(Deno.readDir(folder.path));
  assertEquals(names.map(({ name }) => name), ["passwords"]);
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  }
});

Deno.test("setPassword() salts: the same password never has the same hash", async () => {
  const [one, other] = [await lineFor("a", "x"), await lineFor("a", "x")];
  assertEquals(one === other, false);
});

test.unix("setPassword() changes what a link leads to", async () => {
  await using folder = await temporaryFolder();
  const [file, link] = [`${folder.path}/file`, `${folder.path}/link`];
  await Deno.writeTextFile(file, "# empty\n");
  await Deno.symlink(file, link);
  await setPassword(link, "ann", "secret");
  assertEquals((await Deno.lstat(link)).isSymlink, true);
  assertEquals((await readPasswordFile(file)).users.size, 1);
});

Deno.test("deleteUser() takes one user out", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/passwords`;
  const [ann, bob] = [await lineFor("ann", "a"), await lineFor("bob", "b")];
  await Deno.writeTextFile(file, `${ann}\n#ann:\n${bob}\n`);
  await deleteUser(file, "ann");
  assertEquals(await Deno.readTextFile(file), `#ann:\n${bob}\n`);
  await assertRejects(
    () => deleteUser(file, "ann"),
    TypeError,
    `Password file "${file}" has no user "ann": it has bob`,
  );
});

smallDiskTest(
  "setPassword() leaves the file as it was where the disk is full",
  async (folder) => {
    const file = `${folder}/passwords`;
    const before = `${await lineFor("ann", "a")}\n# ${"x".repeat(9_000)}\n`;
    await Deno.writeTextFile(file, before);
    await assertRejects(
      () => setPassword(file, "bob", "secret"),
      Error,
      `Password file "${file}" can't be written: No space left on device`,
    );
    assertEquals(await Deno.readTextFile(file), before);
    const names = await Array.fromAsync(Deno.readDir(folder));
    assertEquals(names.map(({ name }) => name), ["passwords"]);
  },
);

Deno.test("assertUserName() and assertPassword() refuse what a file can't hold", () => {
  for (const name of ["", "a:b", "a\nb", "a\x7f", "#a", " a", "a "]) {
    assertThrows(() => assertUserName(name), TypeError, JSON.stringify(name));
  }
  assertThrows(() => assertUserName("é".repeat(40_000)), TypeError, "too long");
  assertUserName("Ann Lee+#/é");
  for (const password of ["", "a\nb", "a\0", "é".repeat(40_000)]) {
    const { message } = assertThrows(() => assertPassword(password), TypeError);
    assertEquals(message.includes("é"), false);
  }
  assertPassword(" a:b é ");
});

const LOGINS: [user: string, password: string][] = [
  ["ann", "secret"],
  ["Bob Lee", " pä$$:word "],
];

async function lettingIn(url: string): Promise<boolean[]> {
  const attempts = LOGINS.flatMap(([username, password]) => [
    { username, password },
    { username, password: `${password}x` },
  ]);
  const answers = [];
  for (const attempt of attempts) {
    try {
      await using _client = await openClient(url, attempt);
      answers.push(true);
    } catch {
      answers.push(false);
    }
  }
  return answers;
}

test.mosquitto("mosquitto lets in by the password file that setPassword() writes", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/passwords`;
  for (const login of LOGINS) await setPassword(file, ...login);
  await using mosquitto = await startMosquitto({
    config: `allow_anonymous false\npassword_file ${file}`,
  });
  assertEquals(await lettingIn(mosquitto.url), [true, false, true, false]);
});

peerTest(
  ["mosquitto_passwd"],
  "startBroker() lets in by the password file that mosquitto_passwd writes, and each changes the other's",
  async ({ mosquitto_passwd }) => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/passwords`;
    const passwd = async (...args: string[]) => {
      const { success } = await new Deno.Command(mosquitto_passwd, {
        args,
        stdout: "null",
        stderr: "null",
      }).output();
      assertEquals(success, true);
    };
    const letsIn = async () => {
      await using broker = await startBroker({ port: 0, passwordFile: file });
      return await lettingIn(broker.url);
    };
    const [[ann, secret], [bob, password]] = LOGINS as [
      [string, string],
      [string, string],
    ];
    await passwd("-c", "-b", file, ann, secret);
    await passwd("-b", file, bob, password);
    assertEquals(await letsIn(), [true, false, true, false]);

    await setPassword(file, bob, `${password}x`);
    assertEquals(await letsIn(), [true, false, false, true]);
    await passwd("-b", file, bob, password);
    assertEquals(await letsIn(), [true, false, true, false]);
    await passwd("-D", file, ann);
    assertEquals(await letsIn(), [false, false, true, false]);
    await deleteUser(file, bob);
    assertEquals(await letsIn(), [false, false, false, false]);
  },
);

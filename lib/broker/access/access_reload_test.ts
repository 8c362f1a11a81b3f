import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { within } from "../../../testing/deadline.ts";
import { connectPacket, openRaw } from "../../../testing/clients/raw_client.ts";
import { setUser } from "../../../testing/access/password_file.ts";
import type { TopicRule } from "../options.ts";
import { createAccess } from "./access.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { test } from "../../../testing/test.ts";
import { logged } from "../../../testing/logged.ts";

/** Users and rules in files, and what is told of them. */
async function openFiles(folder: string, rules?: TopicRule[]) {
  const [passwordFile, aclFile] = ["passwords", "acl"].map((name) =>
    `${folder}/${name}`
  ) as [string, string];
  for (const user of ["ann", "bob"]) {
    await setUser(passwordFile, user, "secret");
  }
  await Deno.writeTextFile(aclFile, "user ann\ntopic iot/#\n");
  const [warnings, lines]: [string[], string[]] = [[], []];
  const access = await createAccess(
    { passwordFile, aclFile, rules, log: (line) => lines.push(line) },
    (line) => warnings.push(line),
  );
  let changes = 0;
  access.onChange(() => changes++);
  let host = 0;
  return {
    access,
    passwordFile,
    aclFile,
    warnings,
    lines,
    changes: () => changes,
    login: (user: string, password = "secret") =>
      access.connect({
        user,
        password: new TextEncoder().encode(password),
        address: `192.0.2.${++host}`,
        isGone: () => false,
      }),
    credentials: () => ["ann", "bob", "carl"].map(access.credentialOf),
  };
}

test.folder("Access.reload() takes in new users and passwords, and lets go of old ones", async (folder) => {
  const { access, passwordFile, login, credentials, changes, lines } =
    await openFiles(folder);
  assertEquals([await login("ann"), await login("bob")], [0, 0]);
  const [ann, bob, carl] = credentials();
  assert(ann !== undefined && bob !== undefined && carl === undefined);
  await access.reload();
  assertEquals([changes(), credentials()], [0, [ann, bob, undefined]]);
  await setUser(passwordFile, "bob", "hidden");
  await setUser(passwordFile, "carl", "secret");
  await access.reload();
  assertEquals([changes(), lines], [1, ["Users or rules have changed"]]);
  const after = credentials();
  assertEquals(after[0], ann);
  assert(after[1] !== bob && after[1] !== undefined && after[2] !== undefined);
  assertEquals([await login("ann"), await login("carl")], [0, 0]);
  assertEquals([await login("bob"), await login("bob", "hidden")], [4, 0]);
  await setUser(passwordFile, "ann");
  await access.reload();
  assertEquals(credentials()[0], undefined);
  assertEquals(await login("ann"), 4);
  assertEquals(access.credentialOf(undefined), undefined);
  await access.close();
});

test.folder("Access.reload() takes in new rules", async (folder) => {
  const { access, aclFile, changes, warnings } = await openFiles(folder);
  const mayPublish = (user: string) =>
    access.rightsOf(user, "client").mayPublish("iot/x");
  assertEquals([mayPublish("ann"), mayPublish("bob")], [true, false]);
  await Deno.writeTextFile(aclFile, "user bob\ntopic iot/#\nuser carl\n");
  await access.reload();
  assertEquals([mayPublish("ann"), mayPublish("bob")], [false, true]);
  await Deno.writeTextFile(aclFile, "topic iot/#\nuser dora\ntopic x\n");
  await access.reload();
  await access.reload();
  assertEquals(changes(), 2);
  assertEquals(warnings, [
    `ACL file "${aclFile}" names the user "dora": nobody has this name`,
  ]);
  await access.close();
});

test.folder("Access.reload() keeps what was before where a file can't be understood, and says so", async (folder) => {
  const files = await openFiles(folder);
  const { access, passwordFile, aclFile, warnings, login, changes } = files;
  const before = files.credentials();
  await Deno.writeTextFile(passwordFile, "ann\n");
  await Deno.remove(aclFile);
  await access.reload();
  assertEquals(warnings, [
    `Password file "${passwordFile}" line 1 has no ":": it must be NAME:HASH (what it said before holds)`,
    `ACL file "${aclFile}" can't be read: there is no such file (what it said before holds)`,
  ]);
  assertEquals(files.credentials(), before);
  assertEquals([await login("ann"), changes()], [0, 0]);
  assert(access.rightsOf("ann", "client").mayPublish("iot/x"));
  // The other file is read all the same.
  await Deno.writeTextFile(aclFile, "user bob\ntopic iot/#\n");
  await access.reload();
  assertEquals([changes(), warnings.length], [1, 3]);
  assert(access.rightsOf("bob", "client").mayPublish("iot/x"));
  await access.close();
});

test.folder("Access.reload() takes a user away whom a rule names", async (folder) => {
  const rules = [{ user: "bob", publish: ["news"] }];
  const files = await openFiles(folder, rules);
  await setUser(files.passwordFile, "bob");
  await files.access.reload();
  assertEquals(await files.login("bob"), 4);
  assertEquals(files.warnings, []);
  await files.access.close();
});

test.folder("Access.watch() notices that a file has been replaced", async (folder) => {
  const { access, passwordFile, login } = await openFiles(folder);
  access.watch();
  const changed = new Promise<void>((resolve) => access.onChange(resolve));
  // It is written whole, and then takes the name of the other.
  await setUser(passwordFile, "bob");
  await within("the change to be noticed", changed);
  assertEquals([await login("ann"), await login("bob")], [0, 4]);
  await access.close();
});

test.folder("Access.close() waits for what is being read", async (folder) => {
  const { access, passwordFile, changes } = await openFiles(folder);
  access.watch();
  await setUser(passwordFile, "bob");
  const reloaded = access.reload();
  await access.close();
  await reloaded;
  assertEquals(changes(), 0);
});

test.folder("startBroker() lets in whom its password file names after reloadAccess()", async (folder) => {
  const passwordFile = `${folder}/passwords`;
  const aclFile = `${folder}/acl`;
  const hash = formatHash(await hashPassword("secret", 1_000));
  await Deno.writeTextFile(passwordFile, `ann:${hash}\n`);
  await Deno.writeTextFile(aclFile, "");
  const { lines, log } = logged();
  const options = { port: 0, passwordFile, aclFile, log };
  await using broker = await startBroker(options);
  await using refused = await openRaw(broker);
  await refused.send(connectPacket({ user: "bob", password: "secret" }));
  assertEquals((await refused.next())?.body[1], 4);
  await Deno.writeTextFile(passwordFile, `ann:${hash}\nbob:${hash}\n`);
  await Deno.writeTextFile(aclFile, "user bob\ntopic iot/#\n");
  await broker.reloadAccess();
  await using bob = await openRaw(broker, { user: "bob", password: "secret" });
  for (const topic of ["iot/x", "news"]) {
    await bob.publish({ topic, qos: 1 });
  }
  const dropped = lines.filter((line) => line.includes("may not publish on"));
  assertEquals(dropped.length, 1);
});

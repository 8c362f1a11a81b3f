import { assert, assertEquals } from "@std/assert";
import { type Access, createAccess } from "./access.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { startBroker } from "../../broker.ts";
import type { TopicRule } from "../options.ts";
import {
  deleteUser,
  setPassword,
} from "../../../workbook/broker/password_file.ts";
import { logged, test } from "../../../testing/test.ts";
import { rejection, within } from "../../../testing/deadline.ts";
import { connectPacket, openRaw } from "../../../testing/clients/raw_client.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Tries a login from an address that made no mistakes. */
function createLogin(access: Access) {
  let lastAddress = 0;
  return (user?: string, password?: string) =>
    access.connect({
      user,
      password: password === undefined ? undefined : bytes(password),
      address: `192.0.2.${++lastAddress}`,
      isGone: () => false,
    });
}

const warnNobody = (line: string) => {
  throw new Error(`Warned of: ${line}`);
};

Deno.test("createAccess() lets in whoever knows a password, and no one else", async () => {
  const users = { ann: "secret", dora: "", __proto__: "" };
  const login = createLogin(await createAccess({ users }, warnNobody));
  assertEquals(await login("ann", "secret"), 0);
  assertEquals(await login("ann", "Secret"), 4);
  assertEquals(await login("ann", ""), 4);
  assertEquals(await login("ann"), 4);
  assertEquals(await login("bob", "secret"), 4);
  assertEquals(await login("bob", ""), 4);
  assertEquals(await login("bob"), 4);
  assertEquals(await login("constructor", "secret"), 4);
  // An empty password is one all the same.
  assertEquals(await login("dora", ""), 0);
  assertEquals(await login("dora"), 4);
  assertEquals(await login(), 5);
  assertEquals(await login(undefined, "secret"), 5);
});

Deno.test("createAccess() lets everyone in where there are no users", async () => {
  for (const options of [{}, { users: {} }]) {
    const access = await createAccess(options, warnNobody);
    assertEquals(access.isOpen, true);
    assertEquals(await createLogin(access)(), 0);
    assertEquals(await createLogin(access)("ann", "anything"), 0);
    const { mayPublish, maySubscribe } = access.rightsOf(undefined, "c");
    assertEquals(mayPublish("any/topic"), true);
    assertEquals(maySubscribe("#"), true);
  }
});

test.folder("createAccess() lets in the users of a password file and those of the options", async (folder) => {
  const passwordFile = `${folder}/passwords`;
  await setPassword(passwordFile, "ann", "secret");
  const options = { passwordFile, users: { bob: "hidden" } };
  const login = createLogin(await createAccess(options, warnNobody));
  // The second time is the quick one.
  for (const _time of ["first", "second"]) {
    assertEquals(await login("ann", "secret"), 0);
    assertEquals(await login("bob", "hidden"), 0);
    assertEquals(await login("ann", "hidden"), 4);
    assertEquals(await login("bob", "secret"), 4);
    assertEquals(await login("ann"), 4);
    assertEquals(await login("carl", "secret"), 4);
    assertEquals(await login(), 5);
  }
  await rejection(
    createAccess({ ...options, users: { ann: "x" } }, warnNobody),
    TypeError,
    `Password file "${passwordFile}" has the user "ann", and so have the other users`,
  );
});

test.folder("createAccess() lets nobody in without a password, even if it is empty", async (folder) => {
  const passwordFile = `${folder}/passwords`;
  const hash = formatHash(await hashPassword(""));
  await Deno.writeTextFile(passwordFile, `ann:${hash}\n`);
  const login = createLogin(await createAccess({ passwordFile }, warnNobody));
  assertEquals([await login("ann"), await login("ann", "")], [4, 0]);
});

test.folder("createAccess() lets nobody in by an empty password file, and says so", async (folder) => {
  const passwordFile = `${folder}/passwords`;
  await Deno.writeTextFile(passwordFile, "# nobody\n");
  const warnings: string[] = [];
  const access = await createAccess(
    { passwordFile },
    (line) => warnings.push(line),
  );
  const login = createLogin(access);
  assertEquals([await login(), await login("ann", "secret")], [5, 4]);
  assertEquals(warnings, [
    `Password file "${passwordFile}" names nobody: nobody can log in`,
  ]);
});

test.folder("createAccess() warns of quick hashes, and of rules for nobody", async (folder) => {
  const passwordFile = `${folder}/passwords`;
  const hash = btoa("x".repeat(64));
  await Deno.writeTextFile(
    passwordFile,
    `ann:$7$101$${btoa("123456789012")}$${hash}\n`,
  );
  const aclFile = `${folder}/acl`;
  await Deno.writeTextFile(aclFile, "user ann\ntopic a\nuser bo\ntopic a\n");
  const warnings: string[] = [];
  await createAccess({ passwordFile, aclFile }, (line) => warnings.push(line));
  assertEquals(warnings, [
    `Password file "${passwordFile}" has a hash of "ann" with 101 iterations, which is quick to guess: set the password again with broker:passwd`,
    `ACL file "${aclFile}" names the user "bo": nobody has this name`,
  ]);
});

Deno.test("createAccess() believes no name that nobody has to prove", async () => {
  const rules = [{ publish: ["iot/%u"] }];
  const open = await createAccess({ rules }, warnNobody);
  assertEquals(open.rightsOf("ann", "c").mayPublish("iot/ann"), false);
  const closed = await createAccess(
    { rules, users: { ann: "secret" } },
    warnNobody,
  );
  assertEquals(closed.rightsOf("ann", "c").mayPublish("iot/ann"), true);
});

Deno.test("createAccess() rejects rules that can't be meant", async () => {
  const attempt = createAccess({ rules: [{ publish: ["a/#/b"] }] }, warnNobody);
  await rejection(attempt, TypeError, 'Topic filter is "a/#/b"');
  await rejection(
    createAccess(
      { users: { ann: "x" }, rules: [{ user: "anne" }] },
      warnNobody,
    ),
    TypeError,
    'Topic rule is for the user "anne": it must name one of the users',
  );
});

/** Users and rules in files, and what is told of them. */
async function openFiles(folder: string, rules?: TopicRule[]) {
  const [passwordFile, aclFile] = ["passwords", "acl"].map((name) =>
    `${folder}/${name}`
  ) as [string, string];
  for (const user of ["ann", "bob"]) {
    await setPassword(passwordFile, user, "secret");
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
  await setPassword(passwordFile, "bob", "hidden");
  await setPassword(passwordFile, "carl", "secret");
  await access.reload();
  assertEquals([changes(), lines], [1, ["Users or rules have changed"]]);
  const after = credentials();
  assertEquals(after[0], ann);
  assert(after[1] !== bob && after[1] !== undefined && after[2] !== undefined);
  assertEquals([await login("ann"), await login("carl")], [0, 0]);
  assertEquals([await login("bob"), await login("bob", "hidden")], [4, 0]);
  await deleteUser(passwordFile, "ann");
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
  await deleteUser(files.passwordFile, "bob");
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
  await deleteUser(passwordFile, "bob");
  await within("the change to be noticed", changed);
  assertEquals([await login("ann"), await login("bob")], [0, 4]);
  await access.close();
});

test.folder("Access.close() waits for what is being read", async (folder) => {
  const { access, passwordFile, changes } = await openFiles(folder);
  access.watch();
  await deleteUser(passwordFile, "bob");
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

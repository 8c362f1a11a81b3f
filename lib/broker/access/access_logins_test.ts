import { assertEquals } from "@std/assert";
import { setUser } from "../../../testing/access/password_file.ts";
import { type Access, createAccess } from "./access.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { test } from "../../../testing/test.ts";
import { rejection } from "../../../testing/rejection.ts";

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
  await setUser(passwordFile, "ann", "secret");
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
  await rejection(
    createAccess({ rules: [{ publish: ["a/#/b"] }] }, warnNobody),
    TypeError,
    'Topic filter is "a/#/b"',
  );
  await rejection(
    createAccess(
      { users: { ann: "x" }, rules: [{ user: "anne" }] },
      warnNobody,
    ),
    TypeError,
    'Topic rule is for the user "anne": it must name one of the users',
  );
});

import { assertEquals } from "@std/assert";
import { PasswordCheck } from "./users.ts";
import {
  hashPassword,
  isHashOf,
  ITERATIONS,
  type PasswordHash,
  spend,
} from "./password_hash.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A check that tells how many iterations it has done. */
function createCheck(plain: Record<string, string> = {}) {
  let iterations = 0;
  const check = new PasswordCheck(plain, {
    isHashOf(hash, password) {
      iterations += hash.iterations;
      return isHashOf(hash, password);
    },
    spend(more) {
      iterations += more;
      return spend(more);
    },
  });
  return {
    check,
    async workOf(user: string, password?: string) {
      iterations = 0;
      const given = password === undefined ? undefined : bytes(password);
      const isRight = await check.isRight(user, given);
      return { isRight, iterations };
    },
  };
}

Deno.test("PasswordCheck works as much for each wrong password, whoever has that name", async () => {
  const { check, workOf } = createCheck({ plain: "secret" });
  check.setHashes(
    new Map([
      ["unseen", await hashPassword("secret")],
      ["seen", await hashPassword("secret")],
      ["quick", await hashPassword("secret", 100)],
    ]),
  );
  const wrong = { isRight: false, iterations: ITERATIONS };
  assertEquals((await workOf("seen", "secret")).isRight, true);
  for (const user of ["unseen", "seen", "quick", "plain", "nobody"]) {
    assertEquals(await workOf(user, "wrong"), wrong, user);
    assertEquals(await workOf(user), wrong, user);
    assertEquals(check.isKnown(user, bytes("wrong")), false);
  }
});

Deno.test("PasswordCheck works without a shortcut where it is asked to", async () => {
  const { check, workOf } = createCheck({ plain: "secret" });
  const hashes = new Map([["ann", await hashPassword("secret")]]);
  check.setHashes(hashes);
  const right = { isRight: true, iterations: ITERATIONS };
  for (const user of ["ann", "ann", "plain"]) {
    assertEquals(await workOf(user, "secret"), right);
    assertEquals(check.isKnown(user, bytes("secret")), true);
  }
});

Deno.test("PasswordCheck.setHashes() forgets what is no longer right, and nothing else", async () => {
  const { check, workOf } = createCheck();
  const [ann, bob, carl, anew] = await Promise.all(
    ["a", "b", "c", "d"].map((password) => hashPassword(password, 100)),
  ) as [PasswordHash, PasswordHash, PasswordHash, PasswordHash];
  check.setHashes(new Map(Object.entries({ ann, bob, carl })));
  for (const [user, password] of [["ann", "a"], ["bob", "b"], ["carl", "c"]]) {
    assertEquals((await workOf(user!, password)).isRight, true);
  }
  check.setHashes(new Map(Object.entries({ ann, bob: anew })));
  const isKnown = (user: string, password: string) =>
    check.isKnown(user, bytes(password));
  assertEquals(isKnown("ann", "a"), true);
  assertEquals(isKnown("bob", "b"), false);
  assertEquals(isKnown("carl", "c"), false);
  assertEquals((await workOf("bob", "b")).isRight, false);
  assertEquals((await workOf("bob", "d")).isRight, true);
  assertEquals((await workOf("carl", "c")).isRight, false);
});

Deno.test("PasswordCheck lets nobody in by a password that is changed while it is checked", async () => {
  const hashing = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();
  const check = new PasswordCheck({}, {
    async isHashOf(hash, password) {
      const isRight = await isHashOf(hash, password);
      hashing.resolve();
      await changed.promise;
      return isRight;
    },
    spend,
  });
  check.setHashes(new Map([["ann", await hashPassword("old", 100)]]));
  const isRight = check.isRight("ann", bytes("old"));
  await hashing.promise;
  check.setHashes(new Map([["ann", await hashPassword("new", 100)]]));
  changed.resolve();
  assertEquals(await isRight, false);
  assertEquals(check.isKnown("ann", bytes("old")), false);
});

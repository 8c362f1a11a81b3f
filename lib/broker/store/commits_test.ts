import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Commits } from "./commits.ts";
import { within } from "../../../testing/deadline.ts";
import { test } from "../../../testing/test.ts";

/** A table of numbers, the way to add one, and what has been warned of. */
function open(path = ":memory:") {
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE IF NOT EXISTS number (value INTEGER UNIQUE)");
  const add = database.prepare("INSERT INTO number VALUES (?)");
  const warnings: string[] = [];
  const commits = new Commits(database, (event) => warnings.push(event));
  return {
    commits,
    warnings,
    add: (value: number) => commits.add(() => add.run(value)),
    read() {
      const rows = database.prepare("SELECT value FROM number").all();
      return rows.map(({ value }) => value);
    },
    [Symbol.dispose]: () => commits.close(),
  };
}

/** Waits until all that has been added is stored. */
function untilStored(commits: Commits): Promise<void> {
  const stored = new Promise<void>((resolve) => commits.whenStored(resolve));
  return within("the store", stored);
}

Deno.test("Commits calls back after what was added before, and at once if that is nothing", async () => {
  using store = open();
  let isCalled = false;
  store.commits.whenStored(() => isCalled = true);
  assertEquals(isCalled, true);
  store.add(1);
  store.add(2);
  assertEquals(store.read(), []);
  await untilStored(store.commits);
  assertEquals(store.read(), [1, 2]);
});

Deno.test("Commits calls nobody back while another one's change isn't stored", async () => {
  using store = open();
  const seen: unknown[][] = [];
  store.add(1);
  store.commits.whenStored(() => store.add(2));
  store.commits.whenStored(() => seen.push(store.read()));
  store.commits.whenStored(() => seen.push(store.read()));
  await untilStored(store.commits);
  assertEquals(seen, [[1, 2], [1, 2]]);
});

test.folder("Commits stores soon what nobody waits for, and at its end at once", async (folder) => {
  const path = `${folder}/numbers`;
  {
    using store = open(path);
    store.add(1);
    const soon = async () => {
      while (store.read().length === 0) await setTimeout(1);
    };
    await within("the store", soon());
    store.add(2);
  }
  using store = open(path);
  assertEquals(store.read(), [1, 2]);
});

Deno.test("Commits tries again all that has failed, in order", async () => {
  using store = open();
  let failures = 1;
  store.add(1);
  store.commits.add(() => {
    if (failures-- > 0) throw new Error("no room");
  });
  store.add(2);
  const order: string[] = [];
  store.commits.whenStored(() => order.push("stored"));
  // One turn to try, and one to look.
  await setImmediate();
  await setImmediate();
  assertEquals(store.commits.isFailing, true);
  assertEquals(store.read(), []);
  store.commits.whenMended(() => order.push("mended"));
  store.add(3);
  await untilStored(store.commits);
  assertEquals(store.read(), [1, 2, 3]);
  assertEquals(store.commits.isFailing, false);
  assertEquals(order, ["stored", "mended"]);
  assertEquals(store.warnings, [
    "can't be written (no room): until it can, nothing is acknowledged",
    "can be written again",
  ]);
});

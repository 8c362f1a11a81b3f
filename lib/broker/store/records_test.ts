import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Message } from "../delivery/message.ts";
import { topicOf } from "../wire/topics.ts";
import { openDurable } from "./durable.ts";
import type { StoredSubscription } from "./records.ts";
import { test } from "../../../testing/test.ts";
import { DatabaseSync } from "node:sqlite";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Commits } from "./commits.ts";
import { within } from "../../../testing/deadline.ts";

const TEXTS = ["a", "a\0b", "a\0c", "温度/é", "\ufeffa", ""];

const messageOn = (text: string): Message => ({
  topic: topicOf(text),
  payload: Buffer.from("x"),
  qos: 1,
  retain: true,
  properties: Buffer.of(0x01, 1),
  expiresAt: 1_800_000_000_000,
});
const subscriptionTo = (filter: string): StoredSubscription => ({
  filter,
  group: undefined,
  levels: filter.split("/"),
  qos: 2,
  noLocal: true,
  retainAsPublished: true,
  retainHandling: 2,
  identifier: 268_435_455,
});

test.folder("createRecords() tells apart all names that a client may send, and keeps all of MQTT 5", async (folder) => {
  const open = () => openDurable(folder, () => {});
  const rest = { qos: 1, retain: true, identifiers: [1, 2] } as const;
  const first = await open();
  for (const text of TEXTS) {
    const message = messageOn(text);
    first.records.retain(message);
    const record = first.records.addSession(text, text);
    record.expect(1);
    record.subscribe(subscriptionTo(text));
    record.add({ message, ...rest, share: text }, 7);
    record.setWill({ message, delay: 5, expiry: Infinity }, 1_234);
    record.setExpiry(60, 1_000);
  }
  first.commits.close();
  const second = await open();
  const { records } = second;
  const sessions = [...records.sessions()].map(
    ({ record: _, ...session }) => session,
  );
  const expected = TEXTS.map((text, index) => {
    const message = messageOn(text);
    // When it ends is clear only when it is published.
    const will = { ...message, expiresAt: Infinity };
    return {
      ...{ clientId: text, user: text, expiry: 60, goneAt: 1_000 },
      will: { will: { message: will, delay: 5, expiry: Infinity }, due: 1_234 },
      subscriptions: [subscriptionTo(text)],
      deliveries: [{
        number: index + 1,
        delivery: { message, ...rest, share: text },
        id: 7,
        isReceived: false,
      }],
    };
  });
  assertEquals(sessions, expected);
  assertEquals([...records.retained()], TEXTS.map(messageOn));
  const clients = [...records.unreleased()].map(({ clientId }) => clientId);
  assertEquals(clients.toSorted(), TEXTS.toSorted());
  second.commits.close();
});

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

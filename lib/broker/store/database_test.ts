import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { startBroker } from "../../broker.ts";
import { openDatabase } from "./database.ts";
import { BrokerStoreError } from "../errors.ts";
import {
  leaveRecorder,
  openClient,
  RECORDER,
} from "../../../testing/clients/clients.ts";
import { smallDiskTest } from "../../../testing/small_disk.ts";
import { temporaryFolder } from "../../../testing/temporary_folder.ts";
import { test, times } from "../../../testing/test.ts";
import { rejection } from "../../../testing/deadline.ts";

const MESSAGES = 100;

/** Checks that a broker doesn't start on a store, and says why. */
async function assertRefused(store: string, ...texts: string[]): Promise<void> {
  const starting = startBroker({ port: 0, store });
  const error = await rejection(starting, BrokerStoreError);
  assertEquals(error.path, store);
  for (const text of [store, ...texts]) {
    assertStringIncludes(error.message, text);
  }
}

/** Reads what a store has for the recorder. */
async function readStore(store: string): Promise<string[]> {
  await using broker = await startBroker({ port: 0, store });
  await using publisher = await openClient(broker.url);
  await publisher.publish("iot/x", "end", { qos: 1 });
  await using recorder = await openClient(broker.url, RECORDER);
  for (let count = 1;; count++) {
    const received = await recorder.untilReceived(count);
    if (received[count - 1]?.text === "end") {
      return received.slice(0, -1).map(({ text }) => text);
    }
  }
}

/** Copies a store as a killed broker would leave it, with its log's end cut. */
async function copyStore(
  store: string,
  cut: (log: Uint8Array) => Uint8Array,
): Promise<string> {
  const copy = await Deno.makeTempDir({ dir: store });
  const file = "broker.sqlite";
  await Deno.copyFile(`${store}/${file}`, `${copy}/${file}`);
  const log = await Deno.readFile(`${store}/${file}-wal`);
  await Deno.writeFile(`${copy}/${file}-wal`, cut(log));
  return copy;
}

test.folder("startBroker() undoes what was half written to its store, and nothing else", async (store) => {
  /** How long the log was when so many messages had been acknowledged. */
  const lengths: number[] = [];
  const copies: { path: string; least: number }[] = [];
  {
    await using broker = await startBroker({ port: 0, store });
    await leaveRecorder(broker.url, { "iot/#": 1 });
    await using publisher = await openClient(broker.url);
    for (let index = 0; index < MESSAGES; index++) {
      const qos = 1 + index % 2 as 1 | 2;
      await publisher.publish("iot/x", `${index}`, { qos });
      lengths.push((await Deno.stat(`${store}/broker.sqlite-wal`)).size);
    }
    for (const least of [10, 50, MESSAGES]) {
      const length = lengths[least - 1]!;
      const garbage = crypto.getRandomValues(new Uint8Array(5_000));
      const cases = [
        (log: Uint8Array) => log.subarray(0, length),
        (log: Uint8Array) => log.subarray(0, length + 1_000),
        (log: Uint8Array) =>
          new Uint8Array([...log.subarray(0, length), ...garbage]),
        (log: Uint8Array) => log.map((byte, at) => at < length ? byte : 0),
      ];
      for (const cut of cases) {
        copies.push({ path: await copyStore(store, cut), least });
      }
    }
  }
  const all = times(MESSAGES, (index) => `${index}`);
  for (const { path, least } of copies) {
    const found = await readStore(path);
    assert(found.length >= least, `${found.length} of ${least}`);
    assertEquals(found, all.slice(0, found.length));
  }
  assertEquals(await readStore(store), all);
});

test.folder("startBroker() refuses a store that another broker has, and leaves it", async (store) => {
  await using broker = await startBroker({ port: 0, store });
  await assertRefused(store, "is in use by another broker");
  await using client = await openClient(broker.url, RECORDER);
  await client.subscribe("iot/#", 1);
});

test.folder("startBroker() refuses a store that is damaged, and leaves it as it is", async (store) => {
  const path = `${store}/broker.sqlite`;
  {
    await using broker = await startBroker({ port: 0, store });
    await using publisher = await openClient(broker.url);
    for (let index = 0; index < 200; index++) {
      const message = { retain: true, qos: 1 } as const;
      await publisher.publish(`room/${index}`, "x".repeat(500), message);
    }
  }
  const whole = await Deno.readFile(path);
  const cases = [
    new TextEncoder().encode("This is no store. ".repeat(1_000)),
    whole.subarray(0, whole.length / 2),
    whole.subarray(0, 5_000),
    whole.map((byte, at) => at > 8_000 && at < 20_000 ? 0xaa : byte),
  ];
  for (const damaged of cases) {
    await Deno.writeFile(path, damaged);
    await assertRefused(store, "broker.sqlite", "is damaged: put back a copy");
    assertEquals(await Deno.readFile(path), damaged);
  }
  await Deno.writeFile(path, new Uint8Array());
  await Deno.writeFile(`${path}-wal`, new Uint8Array(100));
  await assertRefused(store, '"broker.sqlite" is empty');
  // Without a log, nothing has ever been stored.
  await Deno.remove(`${path}-wal`);
  await using broker = await startBroker({ port: 0, store });
  assert(broker.port > 0);
});

test.folder("startBroker() refuses a store of another version or program", async (store) => {
  const path = `${store}/broker.sqlite`;
  await (await startBroker({ port: 0, store })).close();
  const change = (sql: string) => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };
  change("PRAGMA user_version = 3");
  await assertRefused(store, "is of version 3: this broker reads version 2");
  change("PRAGMA application_id = 1");
  await assertRefused(store, "belongs to another program");
});

test.folder("startBroker() takes over a store from before MQTT 5, with all that is in it", async (store) => {
  {
    await using broker = await startBroker({ port: 0, store });
    await leaveRecorder(broker.url, { "iot/#": 2 });
  }
  {
    await using broker = await startBroker({ port: 0, store });
    await using publisher = await openClient(broker.url);
    for (const text of ["1", "2"]) {
      await publisher.publish("iot/x", text, { qos: 1, retain: true });
    }
  }
  const database = new DatabaseSync(`${store}/broker.sqlite`);
  const added = {
    session: ["expiry", "gone"],
    subscription: ["options", "identifier"],
    delivery: ["properties", "expires", "identifiers", "share"],
    retained: ["properties", "expires"],
  };
  for (const [table, columns] of Object.entries(added)) {
    for (const column of columns) {
      database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
  }
  database.exec("DROP TABLE will; PRAGMA user_version = 1");
  database.close();
  assertEquals(await readStore(store), ["1", "2"]);
  await using broker = await startBroker({ port: 0, store });
  await using newcomer = await openClient(broker.url);
  await newcomer.subscribe("iot/x");
  assertEquals((await newcomer.untilReceived(1))[0]?.text, "2");
});

test.folder("startBroker() makes the folder of its store, but not of a file", async (store) => {
  await (await startBroker({ port: 0, store: `${store}/a/b c` })).close();
  assert((await Deno.stat(`${store}/a/b c/broker.sqlite`)).isFile);
  await Deno.writeTextFile(`${store}/file`, "");
  await assertRefused(`${store}/file`, "is a file: it must be a folder");
  await assertRefused(`${store}/file/a`, "can't be used");
});

Deno.test({
  name: "startBroker() keeps its store from all other users",
  // There, a folder's rights are those of the one that it is in.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const modesOf = (store: string) => {
      const paths = [store, `${store}/broker.sqlite`];
      return [...paths, `${paths[1]}-wal`]
        .map((path) => Deno.statSync(path).mode! & 0o777);
    };
    const made = `${folder.path}/made`;
    {
      await using broker = await startBroker({ port: 0, store: made });
      await using client = await openClient(broker.url);
      await client.publish("room", "x", { retain: true, qos: 1 });
      assertEquals(modesOf(made), [0o700, 0o600, 0o600]);
    }
    // One that a user has made is theirs.
    const own = `${folder.path}/own`;
    await Deno.mkdir(own, { mode: 0o750 });
    const ownMode = (await Deno.stat(own)).mode! & 0o777;
    await (await startBroker({ port: 0, store: own })).close();
    // What an earlier broker has left for all to read.
    await Deno.chmod(`${own}/broker.sqlite`, 0o644);
    const options = { mode: 0o644 };
    await Deno.writeFile(`${own}/broker.sqlite-wal`, new Uint8Array(), options);
    await using broker = await startBroker({ port: 0, store: own });
    await using client = await openClient(broker.url);
    await client.publish("room", "x", { retain: true, qos: 1 });
    assertEquals(modesOf(own), [ownMode, 0o600, 0o600]);
  },
});

Deno.test({
  name: "startBroker() says which permission its store lacks",
  permissions: { net: true, env: true, read: true, sys: true },
  fn: () => assertRefused("store", "run the program with --allow-read and"),
});

smallDiskTest(
  "startBroker() refuses a store on a disk that is full or read-only",
  async (folder, remount) => {
    await assertRefused(`${folder}/store`, "database or disk is full");
    assert(await remount("size=1m"));
    await (await startBroker({ port: 0, store: `${folder}/store` })).close();
    assert(await remount("ro"));
    await assertRefused(`${folder}/new`, "Read-only file system");
    await assertRefused(`${folder}/store`, "can't be used");
  },
);

test.folder("startBroker() gives back what a long queue has taken, at its next start", async (store) => {
  const size = async () => (await Deno.stat(`${store}/broker.sqlite`)).size;
  {
    await using broker = await startBroker({ port: 0, store });
    await leaveRecorder(broker.url, { "iot/#": 1 });
    await using publisher = await openClient(broker.url);
    const payload = "x".repeat(10_000);
    for (let index = 0; index < 500; index++) {
      await publisher.publish("iot/x", payload, { qos: 1 });
    }
  }
  assert(await size() > 5_000_000);
  assertEquals((await readStore(store)).length, 500);
  assertEquals((await readStore(store)).length, 0);
  assert(await size() < 500_000, `${await size()} bytes`);
});

test.folder("openDatabase() makes each commit wait for the disk", async (store) => {
  const database = await openDatabase(store, () => {});
  try {
    const read = (name: string) =>
      Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0];
    assertEquals(read("journal_mode"), "wal");
    assertEquals(read("synchronous"), 2); // FULL
    assertEquals(read("fullfsync"), 1);
  } finally {
    database.close();
  }
});

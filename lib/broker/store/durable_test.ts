import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type Broker, startBroker } from "../../broker.ts";
import {
  leaveRecorder,
  openClient,
  type Received,
  RECORDER,
} from "../../../testing/clients/clients.ts";
import { rejection, within } from "../../../testing/deadline.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  subscribeRaw,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { smallDiskTest } from "../../../testing/small_disk.ts";
import { test, times } from "../../../testing/test.ts";

test.store("startBroker() keeps in its store what waits for a session, in order", async ({ restart }) => {
  let broker = await restart();
  {
    await using recorder = await openClient(broker.url, RECORDER);
    await recorder.subscribe("iot/#", 2);
    await recorder.subscribe("given/up", 2);
    await recorder.client.unsubscribeAsync("given/up");
  }
  const expected: Received[] = [];
  for (let turn = 0; turn < 3; turn++) {
    await using publisher = await openClient(broker.url);
    for (let index = 0; index < 60; index++) {
      const qos = index % 3 as 0 | 1 | 2;
      const text = index === 1 ? "" : `${turn} ${index}`;
      await publisher.publish(`iot/${index}`, text, { qos });
      if (qos > 0) {
        expected.push({ topic: `iot/${index}`, text, qos, retain: false });
      }
      await publisher.publish("given/up", "", { qos });
    }
    broker = await restart();
  }
  {
    await using recorder = await openClient(broker.url, RECORDER);
    const received = await recorder.untilReceived(expected.length);
    // MQTT.js hands on a message of QoS 2 later than one of QoS 1.
    for (const qos of [1, 2]) {
      assertEquals(
        received.filter((message) => message.qos === qos),
        expected.filter((message) => message.qos === qos),
      );
    }
  }
  // What has been confirmed doesn't come again.
  broker = await restart();
  await using publisher = await openClient(broker.url);
  await publisher.publish("iot/end", "end", { qos: 1 });
  await using recorder = await openClient(broker.url, RECORDER);
  assertEquals((await recorder.untilReceived(1))[0]?.text, "end");
});

test.store("startBroker() keeps in its store the last retained message of each topic", async ({ restart }) => {
  let broker = await restart();
  const expected = new Map<string, string>();
  for (let turn = 0; turn < 3; turn++) {
    await using publisher = await openClient(broker.url);
    const options = { retain: true, qos: turn as 0 | 1 | 2 };
    for (let index = 0; index < 10; index++) {
      const text = index % 4 === turn ? "" : `${turn} ${index}`;
      await publisher.publish(`room/${index}`, text, options);
      expected.delete(`room/${index}`);
      if (text !== "") expected.set(`room/${index}`, text);
    }
    await publisher.publish("room/last", `${turn}`, { retain: true, qos: 1 });
    expected.set("room/last", `${turn}`);
    broker = await restart();
    await using subscriber = await openClient(broker.url);
    await subscriber.subscribe("room/#", 2);
    const received = await subscriber.untilReceived(expected.size);
    assertEquals(
      new Map(received.map(({ topic, text }) => [topic, text])),
      expected,
    );
    assert(received.every(({ retain }) => retain));
  }
});

test.store("startBroker() keeps in its store how far each QoS 2 message has come", async ({ restart }) => {
  let broker = await restart();
  {
    await using recorder = await subscribeRaw(broker, { "iot/#": 2 }, RECORDER);
    await using publisher = await openClient(broker.url);
    const ids = [];
    for (const payload of ["a", "b", "c", "d"]) {
      await publisher.publish("iot/x", payload, { qos: 2 });
      ids.push((await recorder.message()).id!);
    }
    assertEquals(ids, [1, 2, 3, 4]);
    // "a" is done with, "b" is received, and of the others nothing is known.
    for (const id of [1, 2]) {
      await recorder.ask(TYPE.PUBREL, acknowledgement(TYPE.PUBREC, id));
    }
    await recorder.send(
      acknowledgement(TYPE.PUBCOMP, 1),
      rawPacket(TYPE.PINGREQ),
    );
    assertEquals((await recorder.next())?.header, TYPE.PINGRESP);
  }
  for (let turn = 0; turn < 2; turn++) {
    broker = await restart();
    await using recorder = await openRaw(broker, RECORDER);
    const pubrel = await recorder.next();
    assertEquals([pubrel?.header, ...pubrel!.body], [TYPE.PUBREL, 0, 2]);
    for (const [payload, id] of [["c", 3], ["d", 4]]) {
      const message = await recorder.message();
      const { duplicate } = message;
      assertEquals([message.payload, message.id, duplicate], [
        payload,
        id,
        true,
      ]);
    }
    // A new message gets an id that isn't in use.
    await using publisher = await openClient(broker.url);
    await publisher.publish("iot/x", "e", { qos: 1 });
    const message = await recorder.message();
    assertEquals([message.payload, message.id], ["e", 5]);
    await recorder.send(acknowledgement(TYPE.PUBACK, 5));
    await recorder.ping();
  }
});

test.store("startBroker() keeps in its store which QoS 2 messages have come in", async ({ restart }) => {
  const sender = { clientId: "sender", clean: false };
  const message = publishPacket({ topic: "once", qos: 2, id: 9 });
  let broker = await restart();
  await leaveRecorder(broker.url, { "once": 2 });
  for (let turn = 0; turn < 3; turn++) {
    await using publisher = await openRaw(broker);
    await publisher.send(connectPacket(sender), message);
    // A session without subscriptions is one, too.
    assertEquals((await publisher.next())?.body[0], turn === 0 ? 0 : 1);
    assertEquals((await publisher.next())?.header, TYPE.PUBREC);
    broker = await restart();
  }
  await using publisher = await openRaw(broker, sender);
  await publisher.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 9));
  broker = await restart();
  await using again = await openRaw(broker, sender);
  await again.ask(TYPE.PUBREC, message);
  await using end = await openClient(broker.url);
  await end.publish("once", "end", { qos: 2 });
  await using recorder = await openClient(broker.url, RECORDER);
  const received = await recorder.untilReceived(3);
  assertEquals(received.map(({ text }) => text), ["", "", "end"]);
});

test.store("startBroker() gives a stored session to nobody but its user", async ({ restart }) => {
  const users = { ann: "secret", bob: "hidden" };
  const ann = { ...RECORDER, user: "ann", password: "secret" };
  const bob = { ...RECORDER, user: "bob", password: "hidden" };
  const connect = async (broker: Broker, fields: typeof ann) => {
    await using client = await openRaw(broker);
    await client.send(connectPacket(fields));
    const isPresent = (await client.next())?.body[0];
    await client.subscribe({ "iot/#": 1 });
    return isPresent;
  };
  assertEquals(await connect(await restart({ users }), ann), 0);
  assertEquals(await connect(await restart({ users }), ann), 1);
  assertEquals(await connect(await restart({ users }), bob), 0);
  assertEquals(await connect(await restart({ users }), bob), 1);
  // A clean session discards the stored one.
  await (await restart({ users })).close();
  await connect(await restart({ users }), { ...bob, clean: true });
  assertEquals(await connect(await restart({ users }), bob), 0);
});

test.store("startBroker() takes a QoS 2 message for new, whatever another user's session has", async ({ restart }) => {
  const users = { ann: "secret", bob: "hidden" };
  const recorder = { ...RECORDER, username: "ann", password: "secret" };
  let broker = await restart({ users });
  {
    await using client = await openClient(broker.url, recorder);
    await client.subscribe("iot/#", 1);
  }
  for (const [user, password] of Object.entries(users)) {
    const fields = { clientId: "sender", clean: false, user, password };
    await using sender = await openRaw(broker, fields);
    const topic = `iot/${user}`;
    await sender.ask(TYPE.PUBREC, publishPacket({ topic, qos: 2, id: 9 }));
    broker = await restart({ users });
  }
  await using client = await openClient(broker.url, recorder);
  const received = await client.untilReceived(2);
  assertEquals(received.map(({ topic }) => topic), ["iot/ann", "iot/bob"]);
});

test.store("startBroker() tells why it refuses a client, also while it is storing", async ({ restart }) => {
  const broker = await restart({ users: { ann: "secret" } });
  const ann = { username: "ann", password: "secret" };
  await using publisher = await openClient(broker.url, ann);
  let isOver = false;
  const publish = async () => {
    for (let count = 0; !isOver; count++) {
      await publisher.publish(`iot/${count % 100}`, "x", {
        qos: 1,
        retain: true,
      });
    }
  };
  const publishing = Promise.all(times(50, publish));
  for (let count = 0; count < 20; count++) {
    await using stranger = await openRaw(broker);
    await stranger.send(connectPacket());
    assertEquals([...(await stranger.next())!.body], [0, 5]);
  }
  isOver = true;
  await publishing;
});

test.store("startBroker() publishes at its end, and stores, the wills of who is connected", async ({ restart }) => {
  let broker = await restart();
  await leaveRecorder(broker.url, { "wills/#": 1 });
  const options = { qos: 1, retain: true } as const;
  const wills = ["a", "b", "c"].map((name) => ({
    topic: `wills/${name}`,
    payload: Buffer.from("gone"),
    ...options,
  }));
  const clients = await Promise.all(
    wills.map((will) => openClient(broker.url, { will })),
  );
  broker = await restart();
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await using recorder = await openClient(broker.url, RECORDER);
  await using newcomer = await openClient(broker.url);
  await newcomer.subscribe("wills/#", 1);
  for (const client of [recorder, newcomer]) {
    const received = await client.untilReceived(wills.length);
    const topics = received.map(({ topic }) => topic).sort();
    assertEquals(topics, wills.map(({ topic }) => topic));
  }
});

test.store("startBroker() keeps nothing for a stored subscription that is forbidden now", async ({ restart }) => {
  {
    const broker = await restart();
    await using recorder = await openClient(broker.url, RECORDER);
    await recorder.subscribe(["open/#", "closed/#"], 1);
  }
  const rules = [{ publish: ["#"], subscribe: ["open/#"] }];
  {
    const broker = await restart({ rules });
    await using publisher = await openClient(broker.url);
    await publisher.publish("closed/x", "no", { qos: 1 });
    await publisher.publish("open/x", "yes", { qos: 1 });
  }
  const broker = await restart();
  await using recorder = await openClient(broker.url, RECORDER);
  assertEquals((await recorder.untilReceived(1))[0]?.text, "yes");
});

test.store("startBroker() doesn't let its store grow with what has been delivered", async ({ restart, store }) => {
  const sizes: number[] = [];
  const measure = () =>
    sizes.push(
      ["", "-wal"].map((end) => `${store}/broker.sqlite${end}`)
        .map((path) => Deno.statSync(path).size)
        .reduce((sum, size) => sum + size),
    );
  const broker = await restart();
  await using recorder = await openClient(broker.url, RECORDER);
  await recorder.subscribe("iot/#", 1);
  await using publisher = await openClient(broker.url);
  const payload = "x".repeat(2_000);
  for (let turn = 1; turn <= 10; turn++) {
    const sent = times(
      500,
      () => publisher.publish("iot/x", payload, { qos: 1 }),
    );
    await Promise.all(sent);
    await recorder.untilReceived(turn * 500);
    measure();
  }
  // 10 MB have gone through, of which no more than 1 MB waited at a time.
  assert(Math.max(...sizes) < 8_000_000, sizes.join(" "));
});

smallDiskTest(
  "startBroker() acknowledges nothing on a full disk, and goes on when there is room",
  async (folder, remount) => {
    assert(await remount("size=400k"));
    const store = `${folder}/store`;
    const copy = await Deno.makeTempDir();
    const total = 500;
    const texts = async (path: string, count: number) => {
      await using broker = await startBroker({ port: 0, store: path });
      await using recorder = await openClient(broker.url, RECORDER);
      const received = await recorder.untilReceived(count);
      return received.map(({ text }) => parseInt(text));
    };
    const warnings: string[] = [];
    const lines: string[] = [];
    const full = Promise.withResolvers<void>();
    const mended = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<void>();
    try {
      await using broker = await startBroker({
        port: 0,
        store,
        log(line) {
          lines.push(line);
          if (line.includes("may not publish")) heard.resolve();
        },
        warn(line) {
          warnings.push(line, ...lines.filter((line) => /may not/.test(line)));
          if (line.includes("can't")) full.resolve();
          else mended.resolve();
        },
      });
      await leaveRecorder(broker.url, { "iot/#": 1 });
      await using talker = await openRaw(broker, {});
      await using publisher = await openClient(broker.url);
      let acknowledged = 0;
      const sent = times(total, async (index) => {
        const text = `${index} ${"x".repeat(1_000)}`;
        await publisher.client.publishAsync("iot/x", text, { qos: 1 });
        acknowledged++;
      });
      await within("a full disk", full.promise);
      // It isn't even listened to, or what it says would pile up.
      await talker.send(publishPacket({ topic: "$SYS/x" }));
      await using late = await openRaw(broker);
      await late.send(connectPacket());
      for await (const { name } of Deno.readDir(store)) {
        await Deno.copyFile(`${store}/${name}`, `${copy}/${name}`);
      }
      assert(acknowledged < total);
      const stored = await texts(copy, acknowledged);
      assertEquals(stored, [...stored.keys()]);
      assert(await remount("size=4m"));
      await within("the store", mended.promise);
      await Promise.all(sent);
      await within("the talker", heard.promise);
      assertEquals((await late.next())?.header, TYPE.CONNACK);
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
    assertEquals(warnings, [
      `Store "${store}" can't be written (database or disk is full): until it can, nothing is acknowledged`,
      `Store "${store}" can be written again`,
    ]);
    const all = times(total, (index) => index);
    assertEquals(await texts(store, total), all);
  },
);

Deno.test("startBroker() rejects a store without a name", async () => {
  const starting = startBroker({ port: 0, store: "" });
  await rejection(starting, TypeError, 'Store is "": it must name a folder');
});

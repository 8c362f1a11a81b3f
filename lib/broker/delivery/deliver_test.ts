import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { openClient, PROTOCOLS } from "../../../testing/clients/clients.ts";
import {
  acknowledgement,
  openRaw,
  publishPacket,
  subscribeRaw,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { logged, test, times } from "../../../testing/test.ts";
import { setTimeout as pause } from "node:timers/promises";
import { TYPE5 } from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { subscribeRaw5 } from "../../../testing/clients/raw_client5.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

test.broker("startBroker() neither loses messages nor lets them overtake each other", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "mixed/#": 2 });
  await using publisher = await openRaw(broker, {});
  // In one piece, so that the broker handles them in one go.
  const kinds = [
    { qos: 0, retain: true },
    { qos: 0, retain: false },
    { qos: 1, retain: false },
    { qos: 2, retain: false },
    { qos: 1, retain: true },
  ] as const;
  const count = 200;
  const packets = times(count, (index) =>
    publishPacket({
      topic: "mixed/value",
      payload: String(index),
      id: index + 1,
      ...kinds[index % kinds.length]!,
    }));
  await publisher.send(...packets);
  const received: number[][] = [[], [], []];
  for (let index = 0; index < count; index++) {
    const { qos, payload } = await subscriber.message();
    received[qos]!.push(Number(payload));
  }
  // Section 4.6 asks for the order within each QoS.
  const indexes = times(count, (index) => index);
  assertEquals(
    received,
    [0, 1, 2].map((qos) =>
      indexes.filter((index) => kinds[index % kinds.length]!.qos === qos)
    ),
  );
});

test.broker("startBroker() keeps a limited number of messages under way, and their order", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "fast/#": 1 });
  await using publisher = await openClient(broker.url);
  const total = 2_500;
  for (let index = 0; index < total; index++) {
    publisher.client.publish("fast/value", String(index), { qos: 1 });
  }
  await publisher.publish("fast/end", "", { qos: 1 });
  const underWay = new Set<number>();
  for (let index = 0; index < 1_000; index++) {
    const { payload, id } = await subscriber.message();
    assertEquals(payload, String(index));
    assert(!underWay.has(id!));
    underWay.add(id!);
  }
  // All are published, and a ping shows that no other is under way.
  await subscriber.ping();
  for (const id of underWay) {
    await subscriber.send(acknowledgement(TYPE.PUBACK, id));
  }
  for (let index = 1_000; index < total; index++) {
    const { payload, id } = await subscriber.message();
    assertEquals(payload, String(index));
    await subscriber.send(acknowledgement(TYPE.PUBACK, id!));
  }
  assertEquals((await subscriber.message()).topic, "fast/end");
});

Deno.test("startBroker() slows publishers down for a client that doesn't read, but not for long", async () => {
  const stalled = 'Client "frozen" does not read: nobody waits for it any more';
  const { lines, log } = logged();
  await using broker = await startBroker({ port: 0, log });
  await using frozen = await subscribeRaw(broker, { "video/#": 0 }, {
    clientId: "frozen",
  });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("video/#");
  await using publisher = await openRaw(broker, {});
  // More than sockets take in.
  const payload = new Uint8Array(200_000);
  const frame = publishPacket({ topic: "video/frame", payload });
  const frames = 500;
  for (let index = 0; index < frames; index++) await publisher.send(frame);
  assert(lines.includes(stalled));
  // Others get everything.
  await subscriber.untilReceived(frames);
  // Once it reads again, it is told in the log what it missed.
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const { topic } = await frozen.message();
      isOver = topic === "video/end";
    }
  })();
  const end = publishPacket({ topic: "video/end", qos: 1 });
  while (!isOver) await publisher.ask(TYPE.PUBACK, end);
  await reading;
  const missed = /^Client "frozen" missed \d+ messages of QoS 0 meanwhile$/;
  assertEquals(lines.filter((line) => missed.test(line)).length, 1);
});

test.broker("startBroker() lets other clients go on while one doesn't read", async (broker) => {
  await using _frozen = await subscribeRaw(broker, { "video/#": 0 }, {
    clientId: "frozen",
  });
  const payload = new Uint8Array(50);
  const packets = new Array(10_000).fill(
    publishPacket({ topic: "video/frame", payload }),
  );
  const flooding = Promise.all([1, 2, 3].map(async () => {
    await using flooder = await openRaw(broker, {});
    for (let index = 0; index < 10; index++) await flooder.send(...packets);
  }));
  await using chat = await openClient(broker.url);
  await chat.subscribe("chat/#", 1);
  let count = 0;
  // Until nobody waits for the frozen one any more: two seconds, at least.
  while (broker.lines.every((line) => !line.includes("does not read"))) {
    await chat.publish("chat/hello", "hello", { qos: 1 });
    await chat.untilReceived(++count);
  }
  assert(count > 10, `${count}`);
  await flooding;
});

for (const isGone of [false, true]) {
  const what = isGone ? "vanishes" : "confirms nothing";
  test.broker(`startBroker() slows publishers down until a client with a backlog ${what}`, async (broker) => {
    await using subscriber = await subscribeRaw(broker, { "work/#": 1 }, {
      clientId: "lazy",
    });
    await using publisher = await openRaw(broker, {});
    const total = 30_000;
    const packets = times(
      total,
      (index) => publishPacket({ topic: "work/x", qos: 1, id: index + 1 }),
    );
    const sending = publisher.send(...packets);
    for (let count = 1; count <= total; count++) {
      assertEquals((await publisher.next())?.header, TYPE.PUBACK);
      // A thousand are under way, and ten thousand may wait.
      if (isGone && count === 11_000) subscriber.close();
    }
    await sending;
    const stalls = broker.lines.filter((line) => /does not read/.test(line));
    assertEquals(stalls.length, isGone ? 0 : 1);
  });
}

Deno.test("startBroker() gives the places of retained messages that have expired to others", async () => {
  await using broker = await openBroker({ limits: { maxRetainedMessages: 3 } });
  await using publisher = await openClient(broker.url, { protocolVersion: 5 });
  const keep = (topic: string, messageExpiryInterval: number) =>
    publisher.publish(topic, "x", {
      ...{ qos: 1, retain: true },
      properties: { messageExpiryInterval },
    });
  await keep("long", 100);
  for (const topic of ["brief/1", "brief/2"]) await keep(topic, 1);
  await pause(1_100);
  for (const topic of ["late/1", "late/2", "late/3"]) await keep(topic, 100);
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(["#"], 1);
  const received = await subscriber.untilReceived(3);
  const topics = received.map(({ topic }) => topic).toSorted();
  assertEquals(topics, ["late/1", "late/2", "long"]);
  const told = broker.lines.filter((line) => line.includes("not kept"));
  assertEquals(told.length, 1);
});

const TOPICS = times(60, (index) => `kept/${index}`);
/** All together they are three times what may wait for a client. */
const PAYLOAD = "x".repeat(50_000);
const LIMITS = { maxQueuedBytes: 1_000_000 };

for (const [protocolVersion, version] of PROTOCOLS) {
  Deno.test(`startBroker() sends in ${version} all that is retained, though it is more than may wait`, async () => {
    await using broker = await openBroker({ limits: LIMITS });
    await using publisher = await openClient(broker.url);
    for (const topic of TOPICS) {
      await publisher.publish(topic, PAYLOAD, { qos: 1, retain: true });
    }
    for (const qos of [0, 1, 2] as const) {
      await using subscriber = await openClient(broker.url, {
        protocolVersion,
      });
      await subscriber.subscribe("kept/#", qos);
      const received = await subscriber.untilReceived(TOPICS.length);
      const topics = received.map(({ topic }) => topic);
      assertEquals(topics.toSorted(), TOPICS.toSorted());
      assert(received.every((message) => message.qos === Math.min(qos, 1)));
    }
    assertEquals(
      broker.lines.filter((line) => /missed|does not read/.test(line)),
      [],
    );
  });
}

Deno.test("startBroker() answers a client that doesn't confirm what is retained, and delays nobody else", async () => {
  await using broker = await startBroker({ port: 0, limits: LIMITS });
  await using publisher = await openClient(broker.url);
  for (const topic of TOPICS) {
    await publisher.publish(topic, PAYLOAD, { qos: 1, retain: true });
  }
  await using silent = await subscribeRaw5(broker, { "kept/#": 1 }, {
    properties: [[PROPERTY.receiveMaximum, 1]],
  });
  assertEquals((await silent.take(TYPE5.PUBLISH)).qos, 1);
  const start = performance.now();
  await silent.ping();
  await publisher.publish("other", "x", { qos: 1 });
  const waited = performance.now() - start;
  assert(waited < 1_000, `The answers took ${waited} ms`);
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  leaveRecorder,
  openClient,
  RECORDER,
} from "../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test, times } from "../../testing/test.ts";
import { RetainedMessages } from "./delivery/retained.ts";
import { Router } from "./delivery/router.ts";
import { Figures } from "./wire/connection.ts";
import { readLimits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";
import { publishSystemTopics } from "./core.ts";
import { within } from "../../testing/deadline.ts";

test.broker("startBroker() handles in order what a client sends without waiting for CONNACK", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "eager/#": 0 });
  const total = 20_000;
  await using eager = await openRaw(broker);
  await eager.send(
    connectPacket(),
    ...times(
      total,
      (index) => publishPacket({ topic: "eager/x", payload: String(index) }),
    ),
  );
  for (let index = 0; index < total; index++) {
    const { payload } = await subscriber.message();
    assertEquals(payload, String(index));
  }
});

test.broker("startBroker() takes 65,535 messages of QoS 2 before the first is released", async (broker) => {
  await using publisher = await openRaw(broker, {});
  const ids = times(65_535, (index) => index + 1);
  const sending = publisher.send(
    ...ids.map((id) => publishPacket({ topic: "many", qos: 2, id })),
  );
  const received = new Set<number>();
  for (const _ of ids) {
    const pubrec = await publisher.next();
    assertEquals(pubrec?.header, TYPE.PUBREC);
    received.add(pubrec!.body[0]! << 8 | pubrec!.body[1]!);
  }
  await sending;
  assertEquals(received.size, ids.length);
  await publisher.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 65_535));
});

test.broker("startBroker() serves a client of MQTT 3.1", async (broker) => {
  const options = { protocolId: "MQIsdp", protocolVersion: 3 } as const;
  await using client = await openClient(broker.url, options);
  await client.subscribe("old", 1);
  await client.publish("old", "but gold", { qos: 1 });
  assertEquals((await client.untilReceived(1))[0]?.text, "but gold");
});

test.broker("startBroker() refuses a lasting session to a client without a name", async (broker) => {
  await using nameless = await openRaw(broker);
  await nameless.send(connectPacket({ clientId: "", clean: false }));
  assertEquals([...(await nameless.next())!.body], [0, 2]);
  assertEquals(await nameless.next(), undefined);
});

test.broker("startBroker() shares messages in MQTT 3.1.1, too, as mosquitto does", async (broker) => {
  const clients = [await openRaw(broker, {}), await openRaw(broker, {})];
  for (const client of clients) {
    assertEquals(await client.subscribe({ "$share/group/iot/#": 1 }), [1]);
  }
  await using publisher = await openRaw(broker, {});
  for (const payload of ["a", "b", "c", "d"]) {
    await publisher.send(publishPacket({ topic: "iot/x", payload }));
  }
  const shares = [];
  for (const client of clients) {
    const payloads = [];
    for (let count = 0; count < 2; count++) {
      payloads.push((await client.message()).payload);
    }
    shares.push(payloads);
    client.close();
  }
  assertEquals(shares.toSorted(), [["a", "c"], ["b", "d"]]);
});

test.broker("startBroker() tells below $SYS/broker/ how it is, and nothing of its clients", async (broker) => {
  await using _other = await openClient(broker.url, { clientId: "secret" });
  await using client = await openClient(broker.url);
  await client.subscribe("$SYS/#");
  const received = await client.untilReceived(14);
  assert(received.every(({ retain }) => retain));
  const figures = new Map(received.map(({ topic, text }) => [topic, text]));
  assertEquals(figures.get("$SYS/broker/version"), "MQTT workbook for Deno");
  assertMatch(figures.get("$SYS/broker/uptime")!, /^\d+ seconds$/);
  for (const name of ["clients/connected", "messages/received", "bytes/sent"]) {
    assertMatch(figures.get(`$SYS/broker/${name}`)!, /^\d+$/);
  }
  assert(!JSON.stringify(received).includes("secret"));
});

Deno.test("publishSystemTopics() publishes a figure again when it has changed", async () => {
  const figures = new Figures();
  const retained = new RetainedMessages(readLimits(), { log: () => {} });
  const router = new Router(retained);
  const sessions = { all: [] as unknown[] } as Sessions;
  const counts: string[] = [];
  const twice = Promise.withResolvers<void>();
  router.send = ({ topic, payload }) => {
    if (topic.text === "$SYS/broker/messages/received") {
      counts.push(`${payload}`);
      figures.packetsReceived = 7;
      if (counts.length === 2) twice.resolve();
    }
  };
  const options = { ...{ figures, retained, router, sessions }, interval: 5 };
  const stop = publishSystemTopics(options);
  try {
    await within("the second time", twice.promise);
  } finally {
    stop();
  }
  assertEquals(counts, ["0", "7"]);
  // They take no room from what clients retain.
  assertEquals(retained.count, 0);
});

test.broker("startBroker() keeps messages of QoS 1 and 2 for a session whose client is away", async (broker) => {
  {
    await using recorder = await openClient(broker.url, RECORDER);
    await recorder.subscribe(["iot/+/temp", "iot/#"], 1);
    await recorder.subscribe(["alarm", "given/up"], 2);
    await recorder.client.unsubscribeAsync("given/up");
  }
  await using publisher = await openClient(broker.url);
  for (let index = 0; index < 10; index++) {
    const qos = index % 3 as 0 | 1 | 2;
    await publisher.publish("iot/hall/temp", `${index}`, { qos, retain: true });
  }
  await publisher.publish("given/up", "for nobody", { qos: 2 });
  await publisher.publish("alarm", "fire", { qos: 2 });
  await using recorder = await openClient(broker.url, RECORDER);
  const received = await recorder.untilReceived(7);
  assertEquals(
    received.map(({ text, qos, retain }) => [text, qos, retain]).sort(),
    [
      ...["1", "2", "4", "5", "7", "8"].map((text) => [text, 1, false]),
      ["fire", 2, false],
    ],
  );
  const texts = received.map(({ text }) => text).filter((text) => text < "a");
  assertEquals(texts, ["1", "2", "4", "5", "7", "8"]);
});

test.broker("startBroker() delivers in order to a session that comes back in mid-stream", async (broker) => {
  await leaveRecorder(broker.url, { "iot/#": 1 });
  await using publisher = await openClient(broker.url);
  const total = 6_000;
  const sent: Promise<void>[] = [];
  const publish = () => {
    const text = String(sent.length);
    sent.push(publisher.publish("iot/x", text, { qos: 1 }));
  };
  while (sent.length < total / 2) publish();
  await Promise.all(sent);
  const coming = openClient(broker.url, RECORDER);
  while (sent.length < total) publish();
  await using recorder = await coming;
  const received = await recorder.untilReceived(total);
  const texts = received.map(({ text }) => text);
  assertEquals(texts, Array.from(sent.keys(), String));
});

test.broker("startBroker() sends no retained message after the one that replaced it", async (broker) => {
  await using publisher = await openClient(broker.url);
  // More than fits into the sockets: the last ones have to wait.
  const old = "x".repeat(500_000);
  const topics = times(40, (index) => `big/${index}`);
  for (const topic of topics) {
    await publisher.publish(topic, old, { retain: true, qos: 1 });
  }
  await using subscriber = await subscribeRaw(broker, { "big/#": 1 });
  const replaced = topics.at(-1)!;
  await publisher.publish(replaced, "new", { retain: true, qos: 1 });
  await publisher.publish("big/end", "", { qos: 1 });
  const texts = new Map<string, string>();
  while (texts.size < topics.length + 1) {
    const { topic, payload } = await subscriber.message();
    texts.set(topic, payload);
  }
  assertEquals(texts.get(replaced), "new");
  await subscriber.ping();
});

test.broker("startBroker() publishes the will of a client that vanishes, and only then", async (broker) => {
  await using watcher = await openClient(broker.url);
  await watcher.subscribe("wills/#");
  const will = (payload: string) => ({ topic: "wills/x", payload });
  const polite = await openRaw(broker, { will: will("polite") });
  await polite.send(rawPacket(TYPE.DISCONNECT));
  assertEquals(await polite.next(), undefined);
  polite.close();
  (await openRaw(broker, { will: will("vanished") })).close();
  await watcher.untilReceived(1);
  // One that stays silent for one and a half times its keepalive.
  const fields = { will: will("silent"), keepalive: 1 };
  await using silent = await openRaw(broker, fields);
  const start = performance.now();
  assertEquals(await silent.next(), undefined);
  const seconds = (performance.now() - start) / 1_000;
  assert(seconds > 1.4 && seconds < 5, `${seconds} s`);
  const received = await watcher.untilReceived(2);
  assertEquals(received.map(({ text }) => text), ["vanished", "silent"]);
});

test.broker("startBroker() cuts the older of two clients with the same id", async (broker) => {
  for (const clean of [true, false]) {
    const fields = { clientId: "one of a kind", clean };
    const first = await openRaw(broker, fields);
    await first.subscribe({ "iot/+": 1, "iot/#": 1 });
    await using second = await openRaw(broker);
    // It comes back before the broker has done with its old connection.
    first.close();
    await second.ask(TYPE.CONNACK, connectPacket(fields));
    await using third = await openRaw(broker, fields);
    assertEquals(await second.next(), undefined);
    await third.ping();
  }
});

test.broker("startBroker() sends PUBREC before the publisher gets its own message", async (broker) => {
  await using client = await subscribeRaw(broker, { own: 2 });
  await client.send(publishPacket({ topic: "own", qos: 2, id: 5 }));
  const headers = [
    (await client.next())?.header,
    (await client.next())?.header,
  ];
  assertEquals(headers, [TYPE.PUBREC, 0x34]);
});

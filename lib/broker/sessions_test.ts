import { assert, assertEquals } from "@std/assert";
import {
  leaveRecorder,
  openClient,
  RECORDER,
} from "../../testing/clients/clients.ts";
import {
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test, times } from "../../testing/test.ts";

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

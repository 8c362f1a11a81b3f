import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  type RawClient,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test } from "../../testing/test.ts";
import { times } from "../../testing/times.ts";

const RECORDER = { clientId: "recorder", clean: false };

async function subscribeTo(
  client: RawClient,
  filters: Record<string, 0 | 1 | 2>,
): Promise<void> {
  await client.subscribe(filters);
}

/** Waits until the broker has handled all that a client has sent. */
async function ping(client: RawClient): Promise<void> {
  await client.ping();
}

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
  assertEquals(received.map(({ text }) => text).filter((text) => text < "a"), [
    "1",
    "2",
    "4",
    "5",
    "7",
    "8",
  ]);
});

test.broker("startBroker() says in CONNACK whether it has kept a session", async (broker) => {
  const connect = async (clean: boolean, filters?: Record<string, 1>) => {
    await using client = await openRaw(broker);
    await client.send(connectPacket({ ...RECORDER, clean }));
    const isPresent = (await client.next())?.body[0];
    if (filters) await subscribeTo(client, filters);
    await client.send(rawPacket(TYPE.DISCONNECT));
    assertEquals(await client.next(), undefined);
    return isPresent;
  };
  // A publisher's session has no subscriptions.
  assertEquals(await connect(false), 0);
  assertEquals(await connect(false, { "iot/#": 1 }), 1);
  assertEquals(await connect(false), 1);
  // A clean session discards the one before it, and isn't kept itself.
  assertEquals(await connect(true), 0);
  assertEquals(await connect(false), 0);
});

Deno.test("startBroker() repeats what wasn't confirmed, as a duplicate, before all that is new", async () => {
  const left = Promise.withResolvers<void>();
  await using broker = await startBroker({
    port: 0,
    log(line) {
      if (line === 'Client "recorder" disconnected') left.resolve();
    },
  });
  await using publisher = await openClient(broker.url);
  const first = await openRaw(broker, RECORDER);
  await subscribeTo(first, { "iot/#": 2 });
  for (const payload of ["a", "b", "c"]) {
    await publisher.publish("iot/x", payload, { qos: 2 });
  }
  const ids: number[] = [];
  for (const expected of ["a", "b", "c"]) {
    const { payload, id, duplicate } = await first.message();
    assertEquals([payload, duplicate], [expected, false]);
    ids.push(id!);
  }
  // "a" is confirmed, "b" is received, and of "c" the broker has heard nothing.
  await first.ask(TYPE.PUBREL, acknowledgement(TYPE.PUBREC, ids[0]!));
  await first.send(acknowledgement(TYPE.PUBCOMP, ids[0]!));
  await first.ask(TYPE.PUBREL, acknowledgement(TYPE.PUBREC, ids[1]!));
  first.close();
  await within("the broker to notice", left.promise);
  await publisher.publish("iot/x", "d", { qos: 1 });

  await using second = await openRaw(broker, RECORDER);
  const pubrel = await second.next();
  assertEquals([pubrel?.header, pubrel?.body[1]], [
    TYPE.PUBREL,
    ids[1]! & 0xff,
  ]);
  const repeated = await second.message();
  assertEquals([repeated.payload, repeated.duplicate, repeated.id], [
    "c",
    true,
    ids[2],
  ]);
  const fresh = await second.message();
  assertEquals([fresh.payload, fresh.duplicate], ["d", false]);
});

test.broker("startBroker() delivers in order to a session that comes back in mid-stream", async (broker) => {
  {
    await using recorder = await openClient(broker.url, RECORDER);
    await recorder.subscribe("iot/#", 1);
  }
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
  assertEquals(
    received.map(({ text }) => text),
    Array.from(sent.keys(), String),
  );
});

test.broker("startBroker() sends no retained message after the one that replaced it", async (broker) => {
  await using publisher = await openClient(broker.url);
  // More than fits into the sockets: the last ones have to wait.
  const old = "x".repeat(500_000);
  const topics = times(40, (index) => `big/${index}`);
  for (const topic of topics) {
    await publisher.publish(topic, old, { retain: true, qos: 1 });
  }
  await using subscriber = await openRaw(broker, {});
  await subscribeTo(subscriber, { "big/#": 1 });
  const replaced = topics.at(-1)!;
  await publisher.publish(replaced, "new", { retain: true, qos: 1 });
  await publisher.publish("big/end", "", { qos: 1 });
  const texts = new Map<string, string>();
  while (texts.size < topics.length + 1) {
    const { topic, payload } = await subscriber.message();
    texts.set(topic, payload);
  }
  assertEquals(texts.get(replaced), "new");
  await ping(subscriber);
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
  await using silent = await openRaw(broker, {
    will: will("silent"),
    keepalive: 1,
  });
  const start = performance.now();
  assertEquals(await silent.next(), undefined);
  const seconds = (performance.now() - start) / 1_000;
  assert(seconds > 1.4 && seconds < 5, `${seconds} s`);
  const received = await watcher.untilReceived(2);
  assertEquals(received.map(({ text }) => text), ["vanished", "silent"]);
});

test.broker("startBroker() hands on a QoS 2 message once, even if it is sent twice", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("once/#", 2);
  const session = { clientId: "sender", clean: false };
  const message = publishPacket({ topic: "once/a", qos: 2, id: 9 });
  const first = await openRaw(broker, session);
  await first.ask(TYPE.PUBREC, message);
  first.close();
  await using second = await openRaw(broker, session);
  await second.ask(TYPE.PUBREC, message);
  await second.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 9));
  await second.send(publishPacket({ topic: "once/b", qos: 2, id: 9 }));
  const received = await subscriber.untilReceived(2);
  assertEquals(received.map(({ topic }) => topic), ["once/a", "once/b"]);
});

test.broker("startBroker() cuts the older of two clients with the same id", async (broker) => {
  for (const clean of [true, false]) {
    const fields = { clientId: "one of a kind", clean };
    const first = await openRaw(broker, fields);
    await subscribeTo(first, { "iot/+": 1, "iot/#": 1 });
    await using second = await openRaw(broker);
    // It comes back before the broker has done with its old connection.
    first.close();
    await second.ask(TYPE.CONNACK, connectPacket(fields));
    await using third = await openRaw(broker, fields);
    assertEquals(await second.next(), undefined);
    await ping(third);
  }
});

test.broker("startBroker() sends PUBREC before the publisher gets its own message", async (broker) => {
  await using client = await openRaw(broker, {});
  await subscribeTo(client, { own: 2 });
  await client.send(publishPacket({ topic: "own", qos: 2, id: 5 }));
  const headers = [
    (await client.next())?.header,
    (await client.next())?.header,
  ];
  assertEquals(headers, [TYPE.PUBREC, 0x34]);
});

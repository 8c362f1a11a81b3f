import { assertEquals } from "@std/assert";
import {
  acknowledge5,
  OPTION,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  connectRaw5,
  type Packet5,
  type RawClient5,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH, SUBACK } = TYPE5;

Deno.test("startBroker() answers SUBSCRIBE with one SUBACK: its identifier, and a code for each filter in order", async () => {
  const rules = [{ subscribe: ["a/#"], publish: ["#"] }];
  await using broker = await openBroker({ rules });
  await using client = await connectRaw5(broker);
  for (const id of [1, 0x1234, 0xffff]) {
    const filters = { "a/2": 2, "b": 1, "a/0": 0, "a/1": 1, "c/d": 0 };
    const suback = await client.subscribe(filters, { id });
    assertEquals([suback.id, suback.reasons], [id, [2, 135, 0, 1, 135]]);
  }
  await client.ping();
});

Deno.test("startBroker() refuses with 151 the filters beyond its limit", async () => {
  await using broker = await openBroker({ limits: { maxSubscriptions: 2 } });
  await using client = await connectRaw5(broker);
  const { reasons } = await client.subscribe({ a: 1, b: 0, c: 1 });
  assertEquals(reasons, [1, 0, 151]);
});

test.connected("startBroker() delivers at the lesser QoS of the message and the subscription", async ({ broker, client }) => {
  await using subscriber = await connectRaw5(broker);
  const { reasons } = await subscriber.subscribe({ "0": 0, "1": 1, "2": 2 });
  assertEquals(reasons, [0, 1, 2]);
  for (const granted of [0, 1, 2]) {
    for (const qos of [0, 1, 2] as const) {
      await client.publish({ topic: `${granted}`, qos });
      const packet = await subscriber.receive();
      assertEquals([granted, packet.qos], [granted, Math.min(granted, qos)]);
    }
  }
});

test.connected("startBroker() replaces a subscription to the same filter", async ({ broker, client }) => {
  await using subscriber = await connectRaw5(broker);
  for (const qos of [1, 0, 2, 1]) {
    await subscriber.subscribe({ "a/+": qos });
    await client.publish({ topic: "a/b", qos: 1 });
    assertEquals((await subscriber.receive()).qos, Math.min(qos, 1));
    await subscriber.ping();
  }
  // Once is enough to give it up.
  await subscriber.unsubscribe(["a/+"]);
  await client.publish({ topic: "a/b", qos: 1 });
  await subscriber.ping();
});

test.connected("startBroker() loses no message while a subscription is replaced", async ({ broker, client }) => {
  await using subscriber = await subscribeRaw5(broker, { "a/#": 1 });
  const retained = { topic: "a/kept", payload: "kept", retain: true };
  await client.publish({ ...retained, qos: 1 });
  await subscriber.receive();
  const count = 200;
  const publishing = (async () => {
    for (let index = 0; index < count; index++) {
      await client.publish({ topic: "a/b", payload: `${index}`, qos: 1 });
    }
  })();
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    await subscriber.send(subscribe5({ "a/#": round % 2 + 1 }));
  }
  const received: string[] = [];
  const seen = { subacks: 0, kept: 0 };
  while (
    received.length < count || seen.subacks < rounds || seen.kept < rounds
  ) {
    const packet = await subscriber.next();
    if (packet?.type === SUBACK) seen.subacks++;
    else if (packet?.retain) seen.kept++;
    else received.push(packet!.payload);
    if (packet?.type !== PUBLISH || packet.qos === 0) continue;
    await subscriber.send(acknowledge5(PUBACK, packet.id));
  }
  await publishing;
  assertEquals(received, times(count, (each) => `${each}`));
  assertEquals(seen, { subacks: rounds, kept: rounds });
});

test.broker("startBroker() treats a SUBSCRIBE of several filters as several of one", async (broker) => {
  await using client = await subscribeRaw5(broker, { a: 0 });
  for (const topic of ["a", "b", "c/d"]) {
    const kept = { payload: topic, retain: true, qos: 1 } as const;
    await client.publish({ topic: `kept/${topic}`, ...kept });
  }
  const filters = { "kept/a": 1, "kept/b": 0, "kept/c/#": 2, "a": 2 };
  const { reasons } = await client.subscribe(filters);
  assertEquals(reasons, [1, 0, 2, 2]);
  const received = [];
  for (let index = 0; index < 3; index++) {
    const { topic, qos } = await client.receive();
    received.push(`${topic} ${qos}`);
  }
  assertEquals(received.sort(), ["kept/a 1", "kept/b 0", "kept/c/d 1"]);
  await client.ping();
});

test.connected("startBroker() answers UNSUBSCRIBE with one UNSUBACK: its identifier, and a code for each filter in order", async ({ client }) => {
  for (const id of [1, 0x1234, 0xffff]) {
    await client.subscribe({ a: 0, "b/#": 1, "c/+": 2 });
    const filters = ["none", "b/#", "b", "a", "a", "c/+"];
    const unsuback = await client.unsubscribe(filters, { id });
    assertEquals([unsuback.id, unsuback.reasons], [id, [17, 0, 17, 0, 17, 0]]);
  }
  await client.ping();
});

test.connected("startBroker() gives up exactly the filters that UNSUBSCRIBE names, character by character", async ({ broker, client }) => {
  await using subscriber = await subscribeRaw5(broker, {
    "a/b": 0,
    "A/b": 0,
    "é": 0,
  });
  // Neither what matches the same topics nor what looks the same.
  const others = ["#", "a/#", "+/b", "a/+", "A/B", "a/b/", "/a/b", "e\u0301"];
  const { reasons } = await subscriber.unsubscribe(others);
  assertEquals(reasons, others.map(() => 17));
  for (const topic of ["a/b", "A/b", "é"]) {
    await client.publish({ topic });
    assertEquals((await subscriber.receive()).topic, topic);
  }
  await subscriber.unsubscribe(["a/b"]);
  for (const topic of ["a/b", "A/b"]) await client.publish({ topic });
  assertEquals((await subscriber.receive()).topic, "A/b");
});

test.connected("startBroker() adds no message after UNSUBSCRIBE, and finishes what it has begun", async ({ broker, client }) => {
  const first = await subscribeRaw5(broker, { a: 2 }, session5("a"));
  for (let id = 1; id <= 2; id++) {
    await client.publish({ topic: "a", qos: 2, id });
  }
  const [one, two] = [await first.take(PUBLISH), await first.take(PUBLISH)];
  await first.unsubscribe(["a"]);
  await client.publish({ topic: "a", payload: "late", qos: 1 });
  await first.ask(PUBREL, acknowledge5(PUBREC, one.id));
  await first.send(acknowledge5(PUBCOMP, one.id));
  await first.ping();
  first.close();
  // The second one was on its way, too, and is repeated.
  await using second = await connectRaw5(broker, session5("a"));
  const again = await second.receive();
  assertEquals([again.id, again.duplicate, again.payload], [two.id, true, ""]);
  await second.ping();
});

/** Subscribes with an identifier. */
async function subscribe(
  client: RawClient5,
  filters: Record<string, number>,
  identifier: number,
): Promise<void> {
  const properties = [[PROPERTY.subscriptionIdentifier, identifier]] as const;
  await client.subscribe(filters, { properties });
}

function identifiers(packet: Packet5): number[] {
  return valuesOf(packet, "subscriptionIdentifier").map(Number).sort();
}

test.connected("startBroker() delivers a message to overlapping subscriptions once, at their best QoS", async ({ broker, client }) => {
  await using subscriber = await subscribeRaw5(broker, {
    "a/b": 0,
    "a/+": 1,
    "#": 0,
  });
  for (const topic of ["a/b", "a/c", "b"]) {
    await client.publish({ topic, qos: 1 });
    const packet = await subscriber.receive();
    assertEquals([packet.topic, packet.qos], [topic, topic === "b" ? 0 : 1]);
    await subscriber.ping();
  }
});

test.connected("startBroker() names the identifiers of all subscriptions that match a message", async ({ broker, client }) => {
  await using subscriber = await connectRaw5(broker);
  await subscribe(subscriber, { "a/b": 1 }, 1);
  await subscribe(subscriber, { "a/+": 1, "c": 0 }, 268_435_455);
  await subscriber.subscribe({ "+/b": 1, "d": 1 });
  const cases: Record<string, number[]> = {
    "a/b": [1, 268_435_455],
    "a/c": [268_435_455],
    "c": [268_435_455],
    "d": [],
  };
  for (const [topic, wanted] of Object.entries(cases)) {
    await client.publish({ topic, qos: 1 });
    const packet = await subscriber.receive();
    assertEquals([packet.topic, identifiers(packet)], [topic, wanted]);
    await subscriber.ping();
  }
});

test.connected("startBroker() forgets a subscription's identifier with it, or when it is replaced", async ({ broker, client }) => {
  await using subscriber = await connectRaw5(broker);
  const receive = async () => {
    await client.publish({ topic: "a", qos: 1 });
    return identifiers(await subscriber.receive());
  };
  await subscribe(subscriber, { a: 1 }, 1);
  assertEquals(await receive(), [1]);
  await subscribe(subscriber, { a: 1 }, 2);
  assertEquals(await receive(), [2]);
  await subscriber.subscribe({ a: 1 });
  assertEquals(await receive(), []);
  await subscribe(subscriber, { a: 1, "+": 1 }, 3);
  assertEquals(new Set(await receive()), new Set([3]));
  await subscriber.unsubscribe(["a"]);
  assertEquals(await receive(), [3]);
});

test.connected("startBroker() keeps a subscription's options with the session", async ({ broker, client }) => {
  const first = await connectRaw5(broker, session5("a"));
  const { NO_LOCAL, RETAIN_AS_PUBLISHED } = OPTION;
  await subscribe(first, { a: 1 | NO_LOCAL | RETAIN_AS_PUBLISHED }, 7);
  first.close();
  const packet = { topic: "a", payload: "x", retain: true, qos: 1 } as const;
  await client.publish(packet);
  await using second = await connectRaw5(broker, session5("a"));
  const received = await second.receive();
  assertEquals([received.retain, identifiers(received)], [true, [7]]);
  await second.publish(packet);
  await second.ping();
});

test.broker("startBroker() sends a client its own messages, unless its subscription is not local", async (broker) => {
  await using client = await connectRaw5(broker, { clientId: "a" });
  await using other = await connectRaw5(broker, { clientId: "b" });
  const { NO_LOCAL } = OPTION;
  for (const each of [client, other]) {
    await each.subscribe({ "own": 0, "others": NO_LOCAL });
  }
  for (const topic of ["others", "own"]) await client.publish({ topic });
  assertEquals((await client.receive()).topic, "own");
  assertEquals((await other.receive()).topic, "others");
  assertEquals((await other.receive()).topic, "own");
  // Another subscription of it may bring the message all the same.
  await client.subscribe({ "#": 0 });
  await client.publish({ topic: "others" });
  assertEquals((await client.receive()).topic, "others");
  await client.ping();
});

test.broker("startBroker() keeps a client's own messages from it when it is back, too", async (broker) => {
  const will = { topic: "will", qos: 1 } as const;
  const first = await connectRaw5(broker, { ...session5("a"), will });
  const options = 1 | OPTION.NO_LOCAL;
  await first.subscribe({ a: options, will: options });
  await first.publish({ topic: "a", qos: 1 });
  await using reader = await subscribeRaw5(broker, { will: 1 });
  first.close();
  // Its will is its own message, too.
  assertEquals((await reader.receive()).topic, "will");
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  await second.ping();
});

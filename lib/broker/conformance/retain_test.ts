import { assertEquals } from "@std/assert";
import { OPTION } from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  type RawClient5,
  saidBy,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";

/** Publishes a message that is to be kept, unless told otherwise. */
async function keep(
  client: RawClient5,
  topic: string,
  payload: string,
  retain = true,
): Promise<void> {
  await client.publish({ topic, payload, retain, qos: 1 });
}

/** What is kept for a filter: topics and payloads, sorted. */
async function kept(
  broker: { port: number },
  filter: string,
): Promise<string[]> {
  await using client = await connectRaw5(broker);
  const end = crypto.randomUUID();
  await client.subscribe({ [filter]: 0, [end]: 0 });
  await client.publish({ topic: end });
  const received: string[] = [];
  while (true) {
    const { topic, payload, retain } = await client.receive();
    if (topic === end) return received.sort();
    assertEquals(retain, true);
    received.push(`${topic}=${payload}`);
  }
}

test.connected("startBroker() keeps the last message of a topic that is to be retained", async ({ broker, client }) => {
  await keep(client, "a/b", "1");
  await keep(client, "a/b", "2");
  await keep(client, "a/c", "3");
  await keep(client, "a/c", "not kept", false);
  await keep(client, "a/d", "not kept", false);
  assertEquals(await kept(broker, "a/#"), ["a/b=2", "a/c=3"]);
  assertEquals(await kept(broker, "a/b"), ["a/b=2"]);
  assertEquals(await kept(broker, "+/c"), ["a/c=3"]);
});

test.connected("startBroker() removes a retained message for an empty one, which it passes on and doesn't keep", async ({ broker, client }) => {
  await keep(client, "a", "1");
  await using subscriber = await subscribeRaw5(broker, {
    a: OPTION.NO_RETAINED,
  });
  await keep(client, "a", "");
  await keep(client, "b", "");
  assertEquals((await subscriber.receive()).payload, "");
  assertEquals(await kept(broker, "#"), []);
});

test.connected("startBroker() sends what is retained as the subscription's retain handling says", async ({ client }) => {
  await keep(client, "a/b", "1");
  const { RETAINED_IF_NEW, NO_RETAINED } = OPTION;
  const subscribe = (options: number) => client.subscribe({ "a/#": options });
  // 0: always.
  for (let time = 0; time < 2; time++) {
    await subscribe(1);
    const { retain, payload } = await client.receive();
    assertEquals([retain, payload], [true, "1"]);
  }
  // 1: not to a subscription that is there, and yes to one that is new.
  await subscribe(1 | RETAINED_IF_NEW);
  await client.ping();
  await client.unsubscribe(["a/#"]);
  await subscribe(1 | RETAINED_IF_NEW);
  assertEquals((await client.receive()).payload, "1");
  // 2: never.
  await subscribe(1 | NO_RETAINED);
  await client.ping();
  await client.unsubscribe(["a/#"]);
  await subscribe(1 | NO_RETAINED);
  await client.ping();
});

test.connected("startBroker() sends what is retained at the lesser QoS of the two", async ({ broker, client }) => {
  for (const qos of [0, 1, 2] as const) {
    await client.publish({
      topic: `a/${qos}`,
      payload: "x",
      retain: true,
      qos,
    });
  }
  await using subscriber = await connectRaw5(broker);
  for (const granted of [0, 1, 2]) {
    await subscriber.subscribe({ "a/+": granted });
    const received: string[] = [];
    while (received.length < 3) {
      const { topic, qos } = await subscriber.receive();
      received.push(`${topic} at ${qos}`);
    }
    const wanted = [0, 1, 2].map((qos) =>
      `a/${qos} at ${Math.min(qos, granted)}`
    );
    assertEquals(received.sort(), wanted);
  }
});

test.broker("startBroker() tells whether a message was retained only where that is asked for", async (broker) => {
  await using client = await subscribeRaw5(broker, {
    "plain": 0,
    "as_published": OPTION.RETAIN_AS_PUBLISHED,
  });
  for (const retain of [true, false]) {
    await client.publish({ topic: "plain", payload: "x", retain });
    assertEquals((await client.receive()).retain, false);
    const topic = "as_published";
    await client.publish({ topic, payload: "x", retain });
    assertEquals((await client.receive()).retain, retain);
  }
});

test.connected("startBroker() keeps a retained message with its properties", async ({ client }) => {
  const properties: Property[] = [
    [PROPERTY.contentType, "text/plain"],
    ...[["b", "1"], ["a", "2"], ["b", "1"]].map((pair) =>
      [PROPERTY.userProperty, pair as [string, string]] as const
    ),
  ];
  const packet = { topic: "a", payload: "x", retain: true, properties };
  await client.publish({ ...packet, qos: 1 });
  const identifier = [PROPERTY.subscriptionIdentifier, 268_435_455] as const;
  await client.subscribe({ a: 1 }, { properties: [identifier] });
  assertEquals(saidBy(await client.receive()), {
    contentType: ["text/plain"],
    userProperty: [["b", "1"], ["a", "2"], ["b", "1"]],
    subscriptionIdentifier: [268_435_455],
  });
});

import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  OPTION,
  publish5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  type RawClient5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, SUBACK, UNSUBACK } = TYPE5;

/** Publishes a message that is to be kept, unless told otherwise. */
async function keep(
  client: RawClient5,
  topic: string,
  payload: string,
  retain = true,
): Promise<void> {
  await client.ask(PUBACK, publish5({ topic, payload, retain, qos: 1 }));
}

/** What is kept for a filter: topics and payloads, sorted. */
async function kept(
  broker: { port: number },
  filter: string,
): Promise<string[]> {
  await using client = await connectRaw5(broker);
  const end = crypto.randomUUID();
  await client.ask(SUBACK, subscribe5({ [filter]: 0, [end]: 0 }));
  await client.send(publish5({ topic: end }));
  const received: string[] = [];
  while (true) {
    const { topic, payload, retain } = await client.receive();
    if (topic === end) return received.sort();
    assertEquals(retain, true);
    received.push(`${topic}=${payload}`);
  }
}

Deno.test("startBroker() keeps the last message of a topic that is to be retained", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await keep(client, "a/b", "1");
  await keep(client, "a/b", "2");
  await keep(client, "a/c", "3");
  await keep(client, "a/c", "not kept", false);
  await keep(client, "a/d", "not kept", false);
  assertEquals(await kept(broker, "a/#"), ["a/b=2", "a/c=3"]);
  assertEquals(await kept(broker, "a/b"), ["a/b=2"]);
  assertEquals(await kept(broker, "+/c"), ["a/c=3"]);
});

Deno.test("startBroker() removes a retained message for an empty one, which it passes on and doesn't keep", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await keep(client, "a", "1");
  await using subscriber = await connectRaw5(broker);
  await subscriber.ask(SUBACK, subscribe5({ a: OPTION.NO_RETAINED }));
  await keep(client, "a", "");
  await keep(client, "b", "");
  assertEquals((await subscriber.receive()).payload, "");
  assertEquals(await kept(broker, "#"), []);
});

Deno.test("startBroker() sends what is retained as the subscription's retain handling says", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await keep(client, "a/b", "1");
  const { RETAINED_IF_NEW, NO_RETAINED } = OPTION;
  const subscribe = (options: number) =>
    client.ask(SUBACK, subscribe5({ "a/#": options }));
  // 0: always.
  for (let time = 0; time < 2; time++) {
    await subscribe(1);
    const { retain, payload } = await client.receive();
    assertEquals([retain, payload], [true, "1"]);
  }
  // 1: not to a subscription that is there, and yes to one that is new.
  await subscribe(1 | RETAINED_IF_NEW);
  await ping5(client);
  await client.ask(UNSUBACK, unsubscribe5(["a/#"]));
  await subscribe(1 | RETAINED_IF_NEW);
  assertEquals((await client.receive()).payload, "1");
  // 2: never.
  await subscribe(1 | NO_RETAINED);
  await ping5(client);
  await client.ask(UNSUBACK, unsubscribe5(["a/#"]));
  await subscribe(1 | NO_RETAINED);
  await ping5(client);
});

Deno.test("startBroker() sends what is retained at the lesser QoS of the two", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await client.send(publish5({ topic: "a/0", payload: "x", retain: true }));
  await keep(client, "a/1", "x");
  await using subscriber = await connectRaw5(broker);
  for (const qos of [0, 1, 2]) {
    await subscriber.ask(SUBACK, subscribe5({ "a/+": qos }));
    const received = [await subscriber.receive(), await subscriber.receive()];
    received.sort((a, b) => a.topic < b.topic ? -1 : 1);
    assertEquals(received.map((packet) => packet.qos), [0, Math.min(qos, 1)]);
  }
});

Deno.test("startBroker() tells whether a message was retained only where that is asked for", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await client.ask(
    SUBACK,
    subscribe5({
      "plain": 0,
      "as_published": OPTION.RETAIN_AS_PUBLISHED,
    }),
  );
  for (const retain of [true, false]) {
    await client.send(publish5({ topic: "plain", payload: "x", retain }));
    assertEquals((await client.receive()).retain, false);
    const topic = "as_published";
    await client.send(publish5({ topic, payload: "x", retain }));
    assertEquals((await client.receive()).retain, retain);
  }
});

Deno.test("startBroker() keeps a retained message with its properties", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  const pairs = [["b", "1"], ["a", "2"], ["b", "1"]] as const;
  const properties = [
    [PROPERTY.contentType, "text/plain"],
    ...pairs.map((pair) => [PROPERTY.userProperty, pair] as const),
  ] as const;
  const packet = { topic: "a", payload: "x", retain: true, properties };
  await client.ask(PUBACK, publish5({ ...packet, qos: 1 }));
  await client.ask(
    SUBACK,
    subscribe5({ a: 1 }, {
      properties: [[PROPERTY.subscriptionIdentifier, 268_435_455]],
    }),
  );
  const received = await client.receive();
  assertEquals(valuesOf(received, "contentType"), ["text/plain"]);
  assertEquals(
    valuesOf(received, "userProperty"),
    pairs.map((pair) => [...pair]),
  );
  assertEquals(valuesOf(received, "subscriptionIdentifier"), [268_435_455]);
});

import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  OPTION,
  publish5,
  session5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  type Packet5,
  ping5,
  type RawClient5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, SUBACK, UNSUBACK } = TYPE5;

/** Subscribes with an identifier. */
async function subscribe(
  client: RawClient5,
  filters: Record<string, number>,
  identifier: number,
): Promise<void> {
  const properties = [[PROPERTY.subscriptionIdentifier, identifier]] as const;
  await client.ask(SUBACK, subscribe5(filters, { properties }));
}

function identifiers(packet: Packet5): number[] {
  return valuesOf(packet, "subscriptionIdentifier").map(Number).sort();
}

Deno.test("startBroker() delivers a message to overlapping subscriptions once, at their best QoS", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using subscriber = await connectRaw5(broker);
  await subscriber.ask(SUBACK, subscribe5({ "a/b": 0, "a/+": 1, "#": 0 }));
  for (const topic of ["a/b", "a/c", "b"]) {
    await client.ask(PUBACK, publish5({ topic, qos: 1 }));
    const packet = await subscriber.receive();
    assertEquals([packet.topic, packet.qos], [topic, topic === "b" ? 0 : 1]);
    await ping5(subscriber);
  }
});

Deno.test("startBroker() names the identifiers of all subscriptions that match a message", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using subscriber = await connectRaw5(broker);
  await subscribe(subscriber, { "a/b": 1 }, 1);
  await subscribe(subscriber, { "a/+": 1, "c": 0 }, 268_435_455);
  await subscriber.ask(SUBACK, subscribe5({ "+/b": 1, "d": 1 }));
  const cases: Record<string, number[]> = {
    "a/b": [1, 268_435_455],
    "a/c": [268_435_455],
    "c": [268_435_455],
    "d": [],
  };
  for (const [topic, wanted] of Object.entries(cases)) {
    await client.ask(PUBACK, publish5({ topic, qos: 1 }));
    const packet = await subscriber.receive();
    assertEquals([packet.topic, identifiers(packet)], [topic, wanted]);
    await ping5(subscriber);
  }
});

Deno.test("startBroker() forgets a subscription's identifier with it, or when it is replaced", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using subscriber = await connectRaw5(broker);
  const receive = async () => {
    await client.ask(PUBACK, publish5({ topic: "a", qos: 1 }));
    return identifiers(await subscriber.receive());
  };
  await subscribe(subscriber, { a: 1 }, 1);
  assertEquals(await receive(), [1]);
  await subscribe(subscriber, { a: 1 }, 2);
  assertEquals(await receive(), [2]);
  await subscriber.ask(SUBACK, subscribe5({ a: 1 }));
  assertEquals(await receive(), []);
  await subscribe(subscriber, { a: 1, "+": 1 }, 3);
  assertEquals(new Set(await receive()), new Set([3]));
  await subscriber.ask(UNSUBACK, unsubscribe5(["a"]));
  assertEquals(await receive(), [3]);
});

Deno.test("startBroker() keeps a subscription's options with the session", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  const first = await connectRaw5(broker, session5("a"));
  const { NO_LOCAL, RETAIN_AS_PUBLISHED } = OPTION;
  await subscribe(first, { a: 1 | NO_LOCAL | RETAIN_AS_PUBLISHED }, 7);
  first.close();
  const packet = { topic: "a", payload: "x", retain: true, qos: 1 } as const;
  await client.ask(PUBACK, publish5(packet));
  await using second = await connectRaw5(broker, session5("a"));
  const received = await second.receive();
  assertEquals([received.retain, identifiers(received)], [true, [7]]);
  await second.ask(PUBACK, publish5(packet));
  await ping5(second);
});

Deno.test("startBroker() sends a client its own messages, unless its subscription is not local", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker, { clientId: "a" });
  await using other = await connectRaw5(broker, { clientId: "b" });
  const { NO_LOCAL } = OPTION;
  for (const each of [client, other]) {
    await each.ask(SUBACK, subscribe5({ "own": 0, "others": NO_LOCAL }));
  }
  for (const topic of ["others", "own"]) await client.send(publish5({ topic }));
  assertEquals((await client.receive()).topic, "own");
  assertEquals((await other.receive()).topic, "others");
  assertEquals((await other.receive()).topic, "own");
  // Another subscription of it may bring the message all the same.
  await client.ask(SUBACK, subscribe5({ "#": 0 }));
  await client.send(publish5({ topic: "others" }));
  assertEquals((await client.receive()).topic, "others");
  await ping5(client);
});

Deno.test("startBroker() keeps a client's own messages from it when it is back, too", async () => {
  await using broker = await startBroker({ port: 0 });
  const will = { topic: "will", qos: 1 } as const;
  const first = await connectRaw5(broker, { ...session5("a"), will });
  const options = 1 | OPTION.NO_LOCAL;
  await first.ask(SUBACK, subscribe5({ a: options, will: options }));
  await first.ask(PUBACK, publish5({ topic: "a", qos: 1 }));
  await using reader = await connectRaw5(broker);
  await reader.ask(SUBACK, subscribe5({ will: 1 }));
  first.close();
  // Its will is its own message, too.
  assertEquals((await reader.receive()).topic, "will");
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  await ping5(second);
});

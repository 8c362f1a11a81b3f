import { assertEquals } from "@std/assert";
import {
  acknowledge5,
  type Connect5Fields,
  publish5,
  type Publish5Fields,
  session5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  type Packet5,
  type RawClient5,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH } = TYPE5;

/** A client that takes no more than so many messages at once. */
function slow(maximum: number, clientId = ""): Connect5Fields {
  const { properties = [], ...fields } = session5(clientId);
  const receiveMaximum: Property = [PROPERTY.receiveMaximum, maximum];
  return { ...fields, properties: [...properties, receiveMaximum] };
}

/** Takes so many messages, and acknowledges none. */
async function takeAll(client: RawClient5, count: number): Promise<Packet5[]> {
  const packets = [];
  while (packets.length < count) packets.push(await client.take(PUBLISH));
  return packets;
}

/** Publishes so many messages of QoS 1 and tells when the broker has them. */
async function publish(client: RawClient5, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await client.publish({ topic: "a", payload: `${index}`, qos: 1 });
  }
}

test.connected("startBroker() has no more messages under way than its client's receive maximum", async ({ broker, client }) => {
  for (const maximum of [1, 2, 10]) {
    await using subscriber = await subscribeRaw5(
      ...[broker, { a: 1 }, slow(maximum)] as const,
    );
    await publish(client, maximum + 3);
    const sent = await takeAll(subscriber, maximum);
    await subscriber.ping();
    // Each acknowledgement makes room for one more.
    for (let index = 0; index < 3; index++) {
      const acknowledgement = acknowledge5(PUBACK, sent[index]!.id);
      sent.push(await subscriber.ask(PUBLISH, acknowledgement));
      assertEquals(sent.at(-1)!.payload, `${maximum + index}`);
      await subscriber.ping();
    }
    await subscriber.unsubscribe(["a"]);
  }
});

test.connected("startBroker() counts a message of QoS 2 as under way until PUBCOMP, or until PUBREC refuses it", async ({ broker, client }) => {
  await using subscriber = await subscribeRaw5(broker, { a: 2 }, slow(1));
  for (const payload of ["0", "1", "2"]) {
    await client.publish({ topic: "a", payload, qos: 2 });
  }
  const first = await subscriber.take(PUBLISH);
  await subscriber.ping();
  await subscriber.ask(PUBREL, acknowledge5(PUBREC, first.id));
  await subscriber.ping();
  const complete = acknowledge5(PUBCOMP, first.id);
  const second = await subscriber.ask(PUBLISH, complete);
  await subscriber.ping();
  const refused = acknowledge5(PUBREC, second.id, { reason: 128 });
  const third = await subscriber.ask(PUBLISH, refused);
  const payloads = [first, second, third].map(({ payload }) => payload);
  assertEquals(payloads, ["0", "1", "2"]);
});

test.connected("startBroker() sends all else while a client's receive maximum is reached", async ({ broker, client }) => {
  const filters = { a: 1, b: 0 };
  await using subscriber = await subscribeRaw5(broker, filters, slow(1));
  await publish(client, 2);
  await subscriber.take(PUBLISH);
  await subscriber.ping();
  await subscriber.subscribe({ c: 1 });
  await subscriber.unsubscribe(["c"]);
  await subscriber.publish({ topic: "d", qos: 1 });
  await subscriber.publish({ topic: "d", qos: 2 });
  // The maximum says nothing of QoS 0.
  await client.publish({ topic: "b" });
  assertEquals((await subscriber.take(PUBLISH)).topic, "b");
});

test.connected("startBroker() repeats no more messages than the new connection's receive maximum", async ({ broker, client }) => {
  const first = await subscribeRaw5(broker, { a: 1 }, slow(10, "a"));
  await publish(client, 5);
  await takeAll(first, 5);
  first.close();
  await using second = await connectRaw5(broker, slow(2, "a"));
  const again = await takeAll(second, 2);
  assertEquals(again.map(({ payload }) => payload), ["0", "1"]);
  await second.ping();
});

Deno.test("startBroker() ends with 147 who has more messages under way than it takes", async () => {
  await using broker = await openBroker({ limits: { maxInflight: 3 } });
  await using client = await connectRaw5(broker);
  const publishTwo = (id: number) => publish5({ topic: "a", qos: 2, id });
  for (const id of [1, 2, 3]) await client.ask(PUBREC, publishTwo(id));
  // One that is repeated isn't one more, and one that is complete is one less.
  await client.ask(PUBREC, publishTwo(3));
  await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  await client.ask(PUBREC, publishTwo(4));
  await client.publish({ topic: "a" });
  await client.ping();
  await client.send(publishTwo(5));
  assertEquals(await client.end(), 147);
});

const SESSION = session5("a");

/** A session that reads all of `a/#`. */
function subscriber(broker: { port: number }): Promise<RawClient5> {
  return subscribeRaw5(broker, { "a/#": 2 }, SESSION);
}

/** Publishes messages of QoS 1 or 2, each on a topic of its own. */
async function publishAll(
  broker: { port: number },
  ...messages: Omit<Publish5Fields, "topic">[]
): Promise<void> {
  await using client = await connectRaw5(broker);
  for (const [index, fields] of messages.entries()) {
    await client.publish({ topic: `a/${index}`, ...fields });
  }
}

test.broker("startBroker() repeats what isn't acknowledged when the client is back, with DUP and the same identifiers", async (broker) => {
  const first = await subscriber(broker);
  await publishAll(broker, { qos: 1 }, { qos: 2 }, { qos: 1 }, { qos: 2 });
  const sent = await takeAll(first, 4);
  const flags = sent.map(({ qos, duplicate }) => [qos, duplicate]);
  assertEquals(flags, [[1, false], [2, false], [1, false], [2, false]]);
  assertEquals(new Set([0, ...sent.map(({ id }) => id)]).size, 5);
  // The last one of QoS 2 has come as far as PUBREC.
  const released = sent[3]!.id;
  await first.ask(PUBREL, acknowledge5(PUBREC, released));
  first.close();
  for (let attempt = 0; attempt < 2; attempt++) {
    const back = await connectRaw5(broker, SESSION);
    assertEquals(back.connack.sessionPresent, 1);
    const again = [await back.next(), await back.next()];
    again.push(await back.next(), await back.next());
    const publishes = again.filter((packet) => packet?.type === PUBLISH);
    assertEquals(
      publishes.map((packet) => [packet?.topic, packet?.id, packet?.duplicate]),
      sent.slice(0, 3).map(({ topic, id }) => [topic, id, true]),
    );
    const rest = again.filter((packet) => packet?.type === PUBREL);
    assertEquals(rest.map((packet) => packet?.id), [released]);
    back.close();
  }
});

test.broker("startBroker() repeats nothing while the connection is open", async (broker) => {
  await using client = await subscriber(broker);
  await publishAll(broker, { qos: 1 }, { qos: 2 });
  const one = await client.take(PUBLISH);
  const two = await client.take(PUBLISH);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await client.ping();
  await client.ask(PUBREL, acknowledge5(PUBREC, two.id));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await client.ping();
  // A second PUBREC asks for PUBREL again, and never for the message.
  await client.ask(PUBREL, acknowledge5(PUBREC, two.id));
  await client.send(acknowledge5(PUBCOMP, two.id));
  await client.send(acknowledge5(PUBACK, one.id));
  await client.ping();
});

test.broker("startBroker() repeats nothing that has been acknowledged, well or badly", async (broker) => {
  const first = await subscriber(broker);
  await publishAll(broker, { qos: 1 }, { qos: 1 }, { qos: 2 }, { qos: 2 });
  const ids = (await takeAll(first, 4)).map(({ id }) => id);
  await first.send(
    acknowledge5(PUBACK, ids[0]!),
    acknowledge5(PUBACK, ids[1]!, { reason: 128 }),
    acknowledge5(PUBREC, ids[2]!, { reason: 151 }),
  );
  // No PUBREL follows a PUBREC that refuses.
  await first.ask(PUBREL, acknowledge5(PUBREC, ids[3]!));
  await first.send(acknowledge5(PUBCOMP, ids[3]!));
  await first.ping();
  first.close();
  await using back = await connectRaw5(broker, SESSION);
  assertEquals(back.connack.sessionPresent, 1);
  await back.ping();
});

test.broker("startBroker() repeats a message that has expired since it was sent", async (broker) => {
  const first = await subscriber(broker);
  const properties = [[PROPERTY.messageExpiryInterval, 1]] as const;
  await publishAll(broker, { qos: 2, properties });
  const { id } = await first.take(PUBLISH);
  first.close();
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  await using back = await connectRaw5(broker, SESSION);
  const again = await back.take(PUBLISH);
  assertEquals([again.id, again.duplicate], [id, true]);
  await back.ask(PUBREL, acknowledge5(PUBREC, id));
  await back.send(acknowledge5(PUBCOMP, id));
  await back.ping();
});

test.broker("startBroker() keeps the order of what it repeats and what has waited", async (broker) => {
  const first = await subscriber(broker);
  const batch = (start: number) =>
    times(10, (index) => (
      { qos: 1, payload: `${start + index}` } as const
    ));
  await publishAll(broker, ...batch(0));
  await takeAll(first, 10);
  first.close();
  await publishAll(broker, ...batch(10));
  await using back = await connectRaw5(broker, SESSION);
  for (let index = 0; index < 20; index++) {
    const { payload, duplicate } = await back.receive();
    assertEquals([payload, duplicate], [`${index}`, index < 10]);
  }
});

test.broker("startBroker() never sets DUP at QoS 0", async (broker) => {
  await using client = await subscribeRaw5(broker, { "a/#": 0 }, SESSION);
  await publishAll(broker, { qos: 1, duplicate: true });
  const packet = await client.receive();
  assertEquals([packet.qos, packet.duplicate], [0, false]);
});

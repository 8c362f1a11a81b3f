import { assert, assertEquals } from "@std/assert";
import {
  acknowledge5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  type Connected5,
  connectRaw5,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";

const { PUBACK, PUBREC, PUBREL, PUBLISH, SUBACK } = TYPE5;

/** A session that shares a topic with others. */
function member(
  broker: { port: number },
  name: string,
  filters: Record<string, number> = { "$share/g/a/b": 1 },
): Promise<Connected5> {
  return subscribeRaw5(broker, filters, session5(name));
}

/** Publishes at QoS 1, so many messages that say which they are. */
async function publish(broker: { port: number }, count: number): Promise<void> {
  await using client = await connectRaw5(broker);
  for (let index = 0; index < count; index++) {
    await client.publish({ topic: "a/b", payload: `${index}`, qos: 1 });
  }
}

/** What has come for a client, up to a message of its own to itself. */
async function drain(client: Connected5): Promise<string[]> {
  const received: string[] = [];
  const end = crypto.randomUUID();
  await client.send(subscribe5({ [end]: 0 }), publish5({ topic: end }));
  while (true) {
    const packet = await client.next();
    if (packet?.type === SUBACK) continue;
    assertEquals(packet?.type, PUBLISH);
    const { topic, payload, qos, id } = packet!;
    if (topic === end) return received;
    if (qos === 1) await client.send(acknowledge5(PUBACK, id));
    received.push(payload);
  }
}

function numbers(count: number): string[] {
  return times(count, (index) => `${index}`).sort();
}

test.broker("startBroker() gives each message to one of those who share a filter, and to all others", async (broker) => {
  await using one = await member(broker, "one", { "$share/g/a/+": 1 });
  await using two = await member(broker, "two", { "$share/g/a/+": 1 });
  await using other = await member(broker, "other", { "$share/h/a/#": 1 });
  await using alone = await member(broker, "alone", { "a/b": 1 });
  await publish(broker, 20);
  const shares = [await drain(one), await drain(two)];
  assertEquals(shares.flat().sort(), numbers(20));
  assert(shares.every((share) => share.length > 0), `${shares[0]?.length}`);
  assertEquals((await drain(other)).sort(), numbers(20));
  assertEquals((await drain(alone)).sort(), numbers(20));
});

test.broker("startBroker() gives a message to a client for its shared and its own subscription", async (broker) => {
  await using client = await member(broker, "a", {
    "$share/g/a/b": 1,
    "a/b": 1,
  });
  await publish(broker, 1);
  assertEquals(await drain(client), ["0", "0"]);
});

test.connected("startBroker() gives each member of a share the QoS that it was granted", async ({ broker, client }) => {
  await using zero = await member(broker, "zero", { "$share/g/a/b": 0 });
  await using two = await member(broker, "two", { "$share/h/a/b": 2 });
  for (const qos of [0, 1, 2] as const) {
    await client.publish({ topic: "a/b", qos });
    assertEquals((await zero.receive()).qos, 0);
    assertEquals((await two.receive()).qos, qos);
  }
});

test.connected("startBroker() finishes a message of QoS 2 with the member that it was begun with", async ({ broker, client }) => {
  const first = await member(broker, "one", { "$share/g/a/b": 2 });
  for (const payload of ["0", "1"]) {
    await client.publish({ topic: "a/b", payload, qos: 2 });
  }
  const ids = [await first.take(PUBLISH), await first.take(PUBLISH)]
    .map(({ id }) => id);
  await using two = await member(broker, "two", { "$share/g/a/b": 2 });
  // One has come as far as PUBREC, the other hasn't.
  await first.ask(PUBREL, acknowledge5(PUBREC, ids[0]!));
  first.close();
  assertEquals(await drain(two), []);
  const back = await connectRaw5(broker, session5("one"));
  const again = [await back.next(), await back.next()];
  const released = again.find((packet) => packet?.type === PUBREL);
  const repeated = again.find((packet) => packet?.type === PUBLISH);
  assertEquals(released?.id, ids[0]);
  assertEquals([repeated?.id, repeated?.duplicate], [ids[1], true]);
  back.close();
  // Its session's end is the end of what was begun with it.
  await using clean = await connectRaw5(broker, { clientId: "one" });
  await clean.ping();
  assertEquals(await drain(two), []);
});

test.connected("startBroker() drops a shared message that its member refuses", async ({ broker, client }) => {
  await using one = await member(broker, "one", { "$share/g/a/b": 2 });
  await publish(broker, 1);
  const { id } = await one.take(PUBLISH);
  await client.publish({ topic: "a/b", qos: 2 });
  const second = await one.take(PUBLISH);
  await using two = await member(broker, "two", { "$share/g/a/b": 2 });
  await one.send(
    acknowledge5(PUBACK, id, { reason: 131 }),
    acknowledge5(PUBREC, second.id, { reason: 151 }),
  );
  await one.ping();
  assertEquals(await drain(two), []);
  one.close();
  assertEquals(await drain(two), []);
});

test.broker("startBroker() hands a message of QoS 1 to another member if the one leaves without an answer", async (broker) => {
  const one = await subscribeRaw5(broker, { "$share/g/a/b": 1 }, {
    clientId: "one",
  });
  await publish(broker, 2);
  await one.take(PUBLISH);
  await using two = await member(broker, "two");
  one.close();
  const received = [await two.receive(), await two.receive()];
  assertEquals(received.map(({ payload }) => payload).sort(), ["0", "1"]);
});

test.broker("startBroker() serves those who stay when a member gives its share up", async (broker) => {
  await using one = await member(broker, "one");
  await using two = await member(broker, "two");
  const filters = ["a/b", "$share/h/a/b", "$share/g/a/b"];
  assertEquals((await one.unsubscribe(filters)).reasons, [17, 17, 0]);
  await publish(broker, 4);
  assertEquals(await drain(one), []);
  assertEquals((await drain(two)).sort(), numbers(4));
});

test.connected("startBroker() sends nothing that is retained to those who share", async ({ broker, client }) => {
  await client.publish({ topic: "a/b", payload: "x", retain: true, qos: 1 });
  await using one = await member(broker, "one");
  assertEquals(await drain(one), []);
});

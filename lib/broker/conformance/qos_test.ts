import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import {
  acknowledge5,
  publish5,
  session5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  type Connected5,
  connectRaw5,
  type RawClient5,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH } = TYPE5;

/** Someone who reads a topic at QoS 2. */
function reader(broker: { port: number }, topic = "a"): Promise<Connected5> {
  return subscribeRaw5(broker, { [topic]: 2 });
}

/** Sends a message of QoS 2 to its end. */
async function publishTwice(
  client: RawClient5,
  packet: Uint8Array,
  id: number,
) {
  assertEquals((await client.ask(PUBREC, packet)).id, id);
  const pubcomp = await client.ask(PUBCOMP, acknowledge5(PUBREL, id));
  assertEquals([pubcomp.id, pubcomp.reason], [id, 0]);
}

test.connected("startBroker() answers a message as its QoS asks, with its identifier", async ({ broker, client }) => {
  await using subscriber = await reader(broker);
  await client.publish({ topic: "a", payload: "0" });
  // Nothing answers QoS 0.
  await client.ping();
  for (const id of [1, 0x1234, 0xffff]) {
    const one = publish5({ topic: "a", payload: "1", qos: 1, id });
    const puback = await client.ask(PUBACK, one);
    assertEquals([puback.id, puback.reason], [id, 0]);
    const two = publish5({ topic: "a", payload: "2", qos: 2, id });
    await publishTwice(client, two, id);
  }
  for (const payload of ["0", "1", "2", "1", "2", "1", "2"]) {
    const packet = await subscriber.receive();
    assertEquals([packet.payload, `${packet.qos}`], [payload, payload]);
  }
});

test.connected("startBroker() says with 16 that nobody is subscribed", async ({ client }) => {
  const puback = await client.publish({ topic: "a", qos: 1 });
  assertEquals(puback.reason, 16);
  const pubrec = await client.ask(PUBREC, publish5({ topic: "a", qos: 2 }));
  assertEquals(pubrec.reason, 16);
  const pubcomp = await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  assertEquals(pubcomp.reason, 0);
});

test.connected("startBroker() takes a message of QoS 1 anew once its identifier is acknowledged", async ({ broker, client }) => {
  await using subscriber = await reader(broker);
  for (const duplicate of [false, true, false]) {
    const packet = publish5({ topic: "a", qos: 1, id: 7, duplicate });
    await client.ask(PUBACK, packet);
    // Whether it came as a repetition says nothing about its going on.
    assertEquals((await subscriber.receive()).duplicate, false);
  }
  await subscriber.ping();
});

test.connected("startBroker() delivers a message of QoS 2 once, however often it comes", async ({ broker, client }) => {
  await using subscriber = await reader(broker);
  for (const duplicate of [false, true, true, false]) {
    const packet = publish5({ topic: "a", qos: 2, id: 7, duplicate });
    assertEquals((await client.ask(PUBREC, packet)).id, 7);
  }
  await client.ask(PUBCOMP, acknowledge5(PUBREL, 7));
  // From here on the identifier is free again.
  const next = publish5({ topic: "a", payload: "next", qos: 2, id: 7 });
  await publishTwice(client, next, 7);
  assertEquals((await subscriber.receive()).duplicate, false);
  assertEquals((await subscriber.receive()).payload, "next");
  await subscriber.ping();
});

test.broker("startBroker() delivers a message of QoS 2 once, though its connection is lost in between", async (broker) => {
  await using subscriber = await reader(broker);
  const packet = { topic: "a", qos: 2, id: 7 } as const;
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(PUBREC, publish5(packet));
  first.close();
  const second = await connectRaw5(broker, session5("a"));
  await second.ask(PUBREC, publish5({ ...packet, duplicate: true }));
  second.close();
  await using third = await connectRaw5(broker, session5("a"));
  await third.ask(PUBCOMP, acknowledge5(PUBREL, 7));
  await subscriber.receive();
  await subscriber.ping();
});

test.broker("startBroker() answers PUBREL and PUBREC for what it doesn't know with 146", async (broker) => {
  await using client = await reader(broker);
  const pubcomp = await client.ask(PUBCOMP, acknowledge5(PUBREL, 9));
  assertEquals([pubcomp.id, pubcomp.reason], [9, 146]);
  // It has known this one, and has forgotten it.
  await using other = await connectRaw5(broker);
  await other.ask(PUBREC, publish5({ topic: "a", qos: 2 }));
  const { id } = await client.receive();
  await client.ping();
  await client.ping();
  const pubrel = await client.ask(PUBREL, acknowledge5(PUBREC, id));
  assertEquals([pubrel.id, pubrel.reason], [id, 146]);
  await client.ping();
});

Deno.test("startBroker() forgets the identifier of a message of QoS 2 that it has refused", async () => {
  const rules = [{ publish: ["a"], subscribe: ["a"] }];
  await using broker = await openBroker({ rules });
  await using subscriber = await reader(broker);
  await using client = await connectRaw5(broker);
  const refused = publish5({ topic: "forbidden", qos: 2, id: 7 });
  assertEquals((await client.ask(PUBREC, refused)).reason, 135);
  const taken = publish5({ topic: "a", payload: "b", qos: 2, id: 7 });
  assertEquals((await client.ask(PUBREC, taken)).reason, 0);
  await client.ask(PUBCOMP, acknowledge5(PUBREL, 7));
  assertEquals((await subscriber.receive()).payload, "b");
  const puback = await client.publish({ topic: "forbidden", qos: 1 });
  assertEquals(puback.reason, 135);
  await client.ping();
});

test.connected("startBroker() goes through with QoS 2 for a message that expires meanwhile", async ({ client }) => {
  const properties = [[PROPERTY.messageExpiryInterval, 1]] as const;
  const packet = publish5({ topic: "a", qos: 2, id: 7, properties });
  await client.ask(PUBREC, packet);
  await pause(1_500);
  await client.ask(PUBREC, packet);
  const pubcomp = await client.ask(PUBCOMP, acknowledge5(PUBREL, 7));
  assertEquals(pubcomp.reason, 0);
});

test.connected("startBroker() gives each message under way an identifier of its own", async ({ broker, client }) => {
  await using subscriber = await reader(broker);
  const count = 500;
  for (let index = 0; index < count; index++) {
    await client.publish({ topic: "a", qos: 1 });
  }
  const ids = new Set<number>();
  for (let index = 0; index < 20; index++) {
    const { id, qos, duplicate } = await subscriber.take(PUBLISH);
    assertEquals([qos, duplicate], [1, false]);
    assertNotEquals(id, 0);
    ids.add(id);
  }
  assertEquals(ids.size, 20);
  for (const id of ids) await subscriber.send(acknowledge5(PUBACK, id));
  for (let index = 20; index < count; index++) await subscriber.receive();
});

test.connected("startBroker() never takes an identifier that is under way, even after 65,535 others", async ({ broker, client }) => {
  await using subscriber = await reader(broker);
  const send = async (count: number) => {
    const packet = publish5({ topic: "a", qos: 1 });
    await client.send(...times(count, () => packet));
    const ids = [];
    for (let index = 0; index < count; index++) {
      ids.push((await subscriber.take(PUBLISH)).id);
    }
    for (let index = 0; index < count; index++) await client.take(PUBACK);
    return ids;
  };
  const [held] = await send(1);
  const rounds = 4_100;
  for (let round = 0; round < rounds; round++) {
    const ids = await send(16);
    assertEquals(new Set([...ids, held!, 0]).size, 18);
    await subscriber.send(...ids.map((id) => acknowledge5(PUBACK, id)));
  }
  assert(rounds * 16 > 65_535);
  await subscriber.send(acknowledge5(PUBACK, held!));
  await subscriber.ping();
});

test.connected("startBroker() sends on in the order in which it has received, at each QoS", async ({ broker, client }) => {
  await using one = await reader(broker, "a/#");
  await using other = await reader(broker, "+/b");
  const count = 10;
  for (const qos of [0, 1, 2] as const) {
    const packets = times(
      count,
      (index) =>
        publish5({ topic: "a/b", payload: `${index}`, qos, id: index + 1 }),
    );
    await client.send(...packets);
    if (qos > 0) {
      for (let id = 1; id <= count; id++) {
        const answer = await client.take(qos === 1 ? PUBACK : PUBREC);
        assertEquals(answer.id, id);
      }
    }
    if (qos === 2) {
      for (let id = 1; id <= count; id++) {
        const pubcomp = await client.ask(PUBCOMP, acknowledge5(PUBREL, id));
        assertEquals(pubcomp.id, id);
      }
    }
    for (const subscriber of [one, other]) {
      for (let index = 0; index < count; index++) {
        const packet = await subscriber.receive();
        assertEquals([packet.payload, packet.qos], [`${index}`, qos]);
      }
    }
  }
});

import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../../broker.ts";
import {
  publish5,
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
  saidBy,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import {
  allEnd,
  endingsOf,
  leaveSession5,
} from "../../../testing/clients/sessions5.ts";

/** The order tells, as do names that are twice, and texts that are empty. */
const PAIRS: [string, string][] = [
  ["b", "1"],
  ["a", "2"],
  ["b", "1"],
  ["", ""],
  ["é", "日本"],
];
const ALL: Property[] = [
  ...PAIRS.slice(0, 2).map(pair),
  [PROPERTY.contentType, "text/plain; charset=utf-8"],
  [PROPERTY.responseTopic, "answers/to é"],
  ...PAIRS.slice(2, 3).map(pair),
  [PROPERTY.payloadFormatIndicator, 1],
  [PROPERTY.correlationData, Uint8Array.of(0, 255, 128, 0)],
  ...PAIRS.slice(3).map(pair),
];

function pair(each: [string, string]): Property {
  return [PROPERTY.userProperty, each];
}

function assertAll(packet: Packet5): void {
  assertEquals(saidBy(packet), {
    contentType: ["text/plain; charset=utf-8"],
    responseTopic: ["answers/to é"],
    payloadFormatIndicator: [1],
    correlationData: [Uint8Array.of(0, 255, 128, 0)],
    userProperty: PAIRS,
  });
}

test.connected("startBroker() passes on the properties of a message unaltered, to all and at each QoS", async ({ broker, client }) => {
  const readers = await Promise.all(
    [0, 1, 2].map((qos) => subscribeRaw5(broker, { a: qos })),
  );
  await client.publish({ topic: "a", qos: 1, properties: ALL });
  for (const reader of readers) {
    assertAll(await reader.receive());
    reader.close();
  }
});

test.connected("startBroker() keeps the properties of a message that waits for its client", async ({ broker, client }) => {
  await leaveSession5(broker, "a", { a: 1 });
  await client.publish({ topic: "a", qos: 1, properties: ALL });
  const second = await connectRaw5(broker, session5("a"));
  const packet = await second.take(TYPE5.PUBLISH);
  assertAll(packet);
  second.close();
  await using third = await connectRaw5(broker, session5("a"));
  const again = await third.receive();
  assertEquals([again.id, again.duplicate], [packet.id, true]);
  assertAll(again);
});

test.connected("startBroker() sends no property that the message hasn't got", async ({ broker, client }) => {
  await using reader = await subscribeRaw5(broker, { a: 1 });
  for (const qos of [0, 1] as const) {
    await client.send(publish5({ topic: "a", payload: "b", qos }));
    assertEquals((await reader.receive()).properties, []);
  }
});

test.connected("startBroker() leaves a payload as it is, whatever its format is said to be", async ({ broker, client }) => {
  await using reader = await subscribeRaw5(broker, { a: 0 });
  const payload = "grün \u0000 \ufeff";
  for (const format of [0, 1]) {
    await client.publish({
      topic: "a",
      payload,
      properties: [[PROPERTY.payloadFormatIndicator, format]],
    });
    const packet = await reader.receive();
    assertEquals(packet.payload, payload);
    // Left out, it is 0 (section 3.3.2.3.2).
    const [said = 0] = valuesOf(packet, "payloadFormatIndicator");
    assertEquals(said, format);
  }
});

function aliased(topic: string, alias: number, payload = ""): Uint8Array {
  const properties = [[PROPERTY.topicAlias, alias]] as const;
  return publish5({ topic, payload, properties });
}

test.connected("startBroker() takes every topic alias up to its maximum, and each anew", async ({ broker, client }) => {
  await using subscriber = await subscribeRaw5(broker, { "#": 0 });
  const [maximum] = valuesOf(client.connack, "topicAliasMaximum");
  const aliases = times(Number(maximum), (at) => at + 1);
  assert(aliases.length > 0);
  for (const alias of aliases) await client.send(aliased(`a/${alias}`, alias));
  for (const alias of aliases) await client.send(aliased("", alias));
  await client.send(aliased("other", 1), aliased("", 1));
  const topics = aliases.map((alias) => `a/${alias}`);
  for (const topic of [...topics, ...topics, "other", "other"]) {
    const packet = await subscriber.receive();
    assertEquals(packet.topic, topic);
    // It is between two neighbours, and goes no further.
    assertEquals(valuesOf(packet, "topicAlias"), []);
  }
});

test.connected("startBroker() ends with 148 who uses a topic alias that can't be", async ({ broker, client }) => {
  const [maximum] = valuesOf(client.connack, "topicAliasMaximum");
  const cases = {
    "one too many": aliased("a", Number(maximum) + 1),
    "65,535": aliased("a", 65_535),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 148));
  // For 0 the standard names no reason code.
  const { zero } = await endingsOf(broker, { zero: aliased("a", 0) });
  assert(zero === 148 || zero === 130, `${zero}`);
});

test.broker("startBroker() forgets topic aliases with the connection, also where the session goes on", async (broker) => {
  await using subscriber = await subscribeRaw5(broker, { "#": 0 });
  await using first = await connectRaw5(broker, session5("a"));
  await first.send(aliased("a", 1), aliased("", 1));
  for (let count = 0; count < 2; count++) {
    assertEquals((await subscriber.receive()).topic, "a");
  }
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  await second.send(aliased("", 1));
  assertEquals(await second.end(), 130);
  await subscriber.ping();
});

test.connected("startBroker() uses topic aliases only as far as its client takes them", async ({ broker, client }) => {
  for (const maximum of [undefined, 0, 1, 2, 65_535]) {
    await using subscriber = await subscribeRaw5(broker, { "#": 0 }, {
      properties: maximum === undefined
        ? []
        : [[PROPERTY.topicAliasMaximum, maximum]],
    });
    const topics = ["a/1", "a/2", "a/3", "a/4", "a/1", "a/2", "a/3", "a/4"];
    for (const topic of topics) await client.publish({ topic, qos: 1 });
    const known = new Map<number, string>();
    for (const topic of topics) {
      const packet = await subscriber.receive();
      const [alias] = valuesOf(packet, "topicAlias").map(Number);
      if (alias !== undefined) {
        assert(alias > 0 && alias <= (maximum ?? 0), `${alias} of ${maximum}`);
        if (packet.topic !== "") known.set(alias, packet.topic);
      }
      assertEquals(packet.topic || known.get(alias!), topic);
    }
  }
});

/** Publishes a message that lives for some seconds; its payload says how many. */
async function publish(
  client: RawClient5,
  topic: string,
  seconds: number,
  retain = false,
): Promise<void> {
  const properties = [[PROPERTY.messageExpiryInterval, seconds]] as const;
  const packet = { topic, payload: `${seconds}`, retain, properties };
  await client.publish({ ...packet, qos: 1 });
}

test.connected("startBroker() drops a message that waits for its client for too long", async ({ broker, client }) => {
  await leaveSession5(broker, "a", { a: 1 });
  for (const seconds of [1, 100, 1, 4_294_967_295]) {
    await publish(client, "a", seconds);
  }
  await client.publish({ topic: "a", payload: "ever", qos: 1 });
  await pause(2_500);
  await using second = await connectRaw5(broker, session5("a"));
  for (const payload of ["100", "4294967295"]) {
    const packet = await second.receive();
    assertEquals(packet.payload, payload);
    // It has waited for two seconds and a half.
    const [left] = valuesOf(packet, "messageExpiryInterval");
    const waited = Number(payload) - Number(left);
    assert(waited >= 2 && waited <= 6, `${left} of ${payload} left`);
  }
  const packet = await second.receive();
  assertEquals(packet.payload, "ever");
  assertEquals(valuesOf(packet, "messageExpiryInterval"), []);
  await second.ping();
});

test.folder("startBroker() gives the places of waiting messages that have expired to others, also from its store", async (folder) => {
  const limits = { maxQueuedMessages: 2 };
  for (const store of [undefined, `${folder}/store`]) {
    let broker = await startBroker({ port: 0, limits, store });
    await leaveSession5(broker, "a", { a: 1 });
    const old = await connectRaw5(broker);
    for (const seconds of [1, 1]) await publish(old, "a", seconds);
    old.close();
    if (store !== undefined) {
      await broker.close();
      broker = await startBroker({ port: 0, limits, store });
    }
    await pause(1_100);
    await using client = await connectRaw5(broker);
    for (const seconds of [100, 101, 102]) await publish(client, "a", seconds);
    await using second = await connectRaw5(broker, session5("a"));
    for (const payload of ["100", "101"]) {
      assertEquals((await second.receive()).payload, payload);
    }
    await second.ping();
    await broker.close();
  }
});

test.connected("startBroker() drops a message that waits for its turn for too long", async ({ broker, client }) => {
  await using slow = await subscribeRaw5(broker, { a: 1 }, {
    properties: [[PROPERTY.receiveMaximum, 1]],
  });
  for (const seconds of [100, 1, 200]) await publish(client, "a", seconds);
  await pause(2_500);
  assertEquals((await slow.receive()).payload, "100");
  assertEquals((await slow.receive()).payload, "200");
  await slow.ping();
});

test.connected("startBroker() drops a retained message whose time is over, and sends on what is left of it", async ({ client }) => {
  await publish(client, "short", 1, true);
  await publish(client, "long", 100, true);
  await pause(2_500);
  await client.subscribe({ "#": 1 });
  const packet = await client.receive();
  assertEquals([packet.topic, packet.retain], ["long", true]);
  const [left] = valuesOf(packet, "messageExpiryInterval");
  assert(Number(left) <= 98 && Number(left) >= 94, `${left} s left`);
  await client.ping();
});

test.broker("startBroker() passes a message on at once with the time that it has", async (broker) => {
  await using client = await subscribeRaw5(broker, { a: 0 });
  for (const seconds of [1, 100]) {
    await client.publish({
      topic: "a",
      properties: [[PROPERTY.messageExpiryInterval, seconds]],
    });
    const packet = await client.receive();
    assertEquals(valuesOf(packet, "messageExpiryInterval"), [seconds]);
  }
});

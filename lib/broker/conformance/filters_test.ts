import { assert, assertEquals } from "@std/assert";
import {
  allEnd,
  endingsOf,
  openSession5,
  publishOnce5,
} from "../../../testing/clients/sessions5.ts";
import {
  acknowledge5,
  disconnect5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  type Connected5,
  connectRaw5,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import { setTimeout as pause } from "node:timers/promises";

/** What a filter matches and what not (section 4.7). */
const MATCHES: Record<string, [matching: string[], others: string[]]> = {
  "sport/tennis/player1/#": [
    ["sport/tennis/player1", "sport/tennis/player1/ranking"],
    ["sport/tennis", "sport/tennis/player12", "Sport/tennis/player1"],
  ],
  "#": [["a", "/", "a/b/c", "/a", " "], ["$a", "$SYS/x", "$"]],
  "+": [["a", "é"], ["a/b", "/a", "a/", "$a"]],
  "+/+": [["a/b", "/a", "a/", "/"], ["a", "a/b/c", "$a/b"]],
  "/+": [["/a", "/"], ["a", "/a/b", "a/b"]],
  "sport/+/player1": [["sport/tennis/player1", "sport//player1"], [
    "sport/player1",
    "sport/a/b/player1",
    "sport/tennis/player2",
  ]],
  "+/tennis/#": [["sport/tennis", "/tennis/a/b"], ["sport/golf", "$a/tennis"]],
  "$a/#": [["$a", "$a/b"], ["$b", "a/$a"]],
  "$a/+": [["$a/b"], ["$a", "$b/b"]],
  "a//b": [["a//b"], ["a/b", "a/ /b"]],
  "é": [["é"], ["e\u0301", "É", "e"]],
  "a ": [["a "], ["a", " a"]],
  "𝄞/😀": [["𝄞/😀"], ["𝄞/😁", "?/?"]],
};

test.connected("startBroker() matches filters as section 4.7 says, and changes no character", async ({ broker, client }) => {
  for (const [filter, [matching, others]] of Object.entries(MATCHES)) {
    const filters = { [filter]: 0, end: 0 };
    await using subscriber = await subscribeRaw5(broker, filters);
    for (const topic of [...others, ...matching, "end"]) {
      await client.publish({ topic });
    }
    const received: string[] = [];
    while (received.at(-1) !== "end") {
      received.push((await subscriber.receive()).topic);
    }
    assertEquals([filter, ...received], [filter, ...matching, "end"]);
  }
});

test.connected("startBroker() finds retained messages by the same rules", async ({ broker, client }) => {
  // Nobody but the broker itself may write below $SYS.
  const topics = new Set(
    Object.values(MATCHES).flat(2).filter((topic) => !topic.startsWith("$S")),
  );
  for (const topic of topics) {
    await client.publish({ topic, payload: "x", retain: true, qos: 1 });
  }
  for (const [filter, [matching, others]] of Object.entries(MATCHES)) {
    const filters = { [filter]: 0, end: 0 };
    await using subscriber = await subscribeRaw5(broker, filters);
    await client.publish({ topic: "end" });
    const received = new Set<string>();
    for (let topic = ""; topic !== "end"; received.add(topic)) {
      topic = (await subscriber.receive()).topic;
    }
    for (const topic of topics) {
      const isMatching = matching.includes(topic);
      if (!isMatching && !others.includes(topic)) continue;
      assertEquals(received.has(topic), isMatching, `${filter}: ${topic}`);
    }
  }
});

test.broker("startBroker() ends with 143 who uses a filter that can't be", async (broker) => {
  const filters = [
    ...["", "a/#/b", "a#", "#a", "a/#b", "##", "#/", "+a", "a+", "a/b+/c"],
    ...["++", "a/++", "$share/", "$share//a", "$share/g", "$share/g/"],
    ...["$share/g+/a", "$share/#/a", "$share/+/a", "$share/g/a#"],
  ];
  const cases = Object.fromEntries(
    filters.map((filter) => [`"${filter}"`, subscribe5({ [filter]: 0 })]),
  );
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 143));
});

test.broker("startBroker() ends with 144 who publishes on a topic that can't be", async (broker) => {
  const topics = ["#", "+", "a/#", "a/+/b", "a+", "a#b"];
  const cases: Record<string, Uint8Array> = {};
  for (const topic of topics) {
    cases[`"${topic}"`] = publish5({ topic });
    cases[`"${topic}" at QoS 1`] = publish5({ topic, qos: 1 });
    const properties = [[PROPERTY.topicAlias, 1]] as const;
    cases[`"${topic}" with an alias`] = publish5({ topic, properties });
  }
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 144));
});

test.connected("startBroker() takes topics of one character and of 65,535 bytes", async ({ client }) => {
  for (const topic of ["/", "x".repeat(65_535), "é".repeat(32_767)]) {
    await client.subscribe({ [topic]: 0 });
    await client.publish({ topic });
    assertEquals((await client.receive()).topic, topic);
  }
  await client.ping();
});

test.connected("startBroker() lets nobody publish below $SYS", async ({ client }) => {
  const topic = "$SYS/broker/made up";
  await client.subscribe({ [topic]: 0, end: 0 });
  const packet = { topic, qos: 1, retain: true, payload: "x" } as const;
  assertEquals((await client.publish(packet)).reason, 135);
  await client.send(publish5({ topic }), publish5({ topic: "end" }));
  assertEquals((await client.receive()).topic, "end");
});

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
  const filters = { "$share/g/a/b": 1, "a/b": 1 };
  await using client = await member(broker, "a", filters);
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

test.broker("startBroker() gives what is shared to a member who is away, when another one's session ends", async (broker) => {
  const filters = { "$share/group/jobs/#": 1, "end": 1 };
  for (const [name, expiry] of [["long", 60], ["brief", 1]] as const) {
    await using client = await openSession5(broker, name, { expiry });
    await client.subscribe(filters);
    await client.send(disconnect5());
    assertEquals(await client.end(), undefined);
  }
  const jobs = times(6, (index) => `jobs/${index}`);
  for (const topic of jobs) await publishOnce5(broker, topic);
  await pause(1_200);
  await publishOnce5(broker, "end");
  await using client = await openSession5(broker, "long");
  const received: string[] = [];
  while (received.at(-1) !== "end") {
    received.push((await client.receive()).topic);
  }
  assertEquals(received.toSorted(), ["end", ...jobs]);
});

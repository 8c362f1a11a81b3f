import { assertEquals } from "@std/assert";
import { allEnd, endingsOf } from "../../../testing/clients/endings5.ts";
import { publish5, subscribe5 } from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { subscribeRaw5 } from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";

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
    await using subscriber = await subscribeRaw5(broker, {
      [filter]: 0,
      end: 0,
    });
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
    await using subscriber = await subscribeRaw5(broker, {
      [filter]: 0,
      end: 0,
    });
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

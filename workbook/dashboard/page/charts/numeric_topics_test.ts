import { assertEquals } from "@std/assert";
import { TopicTree } from "../topic_tree.ts";
import { latest, numericPaths, numericTopics } from "./numeric_topics.ts";

/** A tree of topics with these last payloads, each a millisecond after the other. */
function treeOf(topics: [name: string, value: string][]): TopicTree {
  const tree = new TopicTree();
  for (const [id, [name, value]] of topics.entries()) {
    const bytes = value.length;
    tree.take({
      ...{ id, name, value, bytes, count: 1, time: id },
      ...{ qos: 0, isRetained: false },
    });
  }
  return tree;
}

Deno.test("numericTopics() finds the topics whose payload is a number", () => {
  const tree = treeOf([
    ["iot/temp", "21.5"],
    ["iot/humi", " 40\\n"],
    ["iot/name", "lamp"],
    ["iot/hex", "0x10"],
    ["iot/empty", ""],
    ["iot/json", "[1]"],
    ["$SYS/broker/uptime", "12"],
  ]);
  assertEquals(
    Array.from(numericTopics(tree.nodes()), ({ topic }) => topic),
    ["iot/temp", "iot/humi"],
  );
});

Deno.test("latest() takes the topics that a message came on last", () => {
  const topics = Array.from({ length: 50 }, (_, index) => ({
    topic: `iot/${index}`,
    time: (index * 7) % 50,
  }));
  assertEquals(latest(topics, 3).map(({ time }) => time), [49, 48, 47]);
  assertEquals(latest(topics.slice(0, 2), 3).length, 2);
});

Deno.test("numericPaths() finds the numbers in JSON", () => {
  assertEquals(numericPaths("21.5"), ["$"]);
  assertEquals(numericPaths("lamp"), []);
  assertEquals(numericPaths('{\\n\\t"value": 1\\n}'), ["$.value"]);
  assertEquals(
    numericPaths(
      '{"value": 1, "unit": "C", "a.b": 2, "at": [{"x": 3}], "on": true}',
    ),
    ["$.value", '$["a.b"]', "$.at[0].x"],
  );
  assertEquals(numericPaths('{"__proto__": {"x": 1}}'), ["$.__proto__.x"]);
});

Deno.test("numericPaths() finds twenty paths, and none that is too deep", () => {
  assertEquals(numericPaths(JSON.stringify(Array(50).fill(1))).length, 20);
  assertEquals(numericPaths("[[[[1]]]]"), ["$[0][0][0][0]"]);
  assertEquals(numericPaths("[[[[[1]]]]]"), []);
});

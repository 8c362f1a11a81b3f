import { assertEquals } from "@std/assert";
import {
  addFirstTopics,
  addNumericTopics,
  addSeries,
  latest,
  MOST_SERIES,
  numericPaths,
  numericTopics,
  removeSeries,
  series,
} from "./charts.ts";
import { points, tree } from "./store.ts";
import { TopicTree } from "./topic_tree.ts";

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

for (let id = 0; id < 12; id++) {
  tree.value.take({
    ...{ id, name: `iot/${id}`, count: 1, time: id, value: "21.5", bytes: 4 },
    ...{ qos: 0, isRetained: false },
  });
}

const topics = () => series.value.map(({ topic }) => topic);
const styles = () => series.value.map(({ style }) => style);

function removeAll(): void {
  for (const { key } of series.value) removeSeries(key);
}

// Before all others, which choose.
Deno.test("addFirstTopics() charts four topics, until the user chooses", () => {
  addFirstTopics();
  addFirstTopics();
  assertEquals(topics(), ["iot/0", "iot/1", "iot/2", "iot/3"]);
  removeSeries(series.value[0]!.key);
  addFirstTopics();
  assertEquals(topics(), ["iot/1", "iot/2", "iot/3"]);
});

Deno.test("addSeries() adds a topic with a path once", () => {
  removeAll();
  addSeries("a", "$");
  addSeries("a", "$.x");
  addSeries("a", "$");
  assertEquals(series.value.map(({ path }) => path), ["$", "$.x"]);
});

Deno.test("addSeries() adds nothing that is no path", () => {
  removeAll();
  addSeries("a", "value");
  assertEquals(topics(), []);
});

Deno.test("addNumericTopics() charts as many as can be told apart", () => {
  removeAll();
  addSeries("iot/5", "$");
  addNumericTopics();
  addSeries("iot/9", "$");
  assertEquals(topics()[0], "iot/5");
  assertEquals(new Set(topics()).size, MOST_SERIES);
  assertEquals(new Set(styles()).size, MOST_SERIES);
});

Deno.test("removeSeries() gives its style to the next, and lets its points go", () => {
  removeAll();
  for (const topic of ["a", "b", "c"]) addSeries(topic, "$");
  const { key } = series.value[1]!;
  points.set(key, { times: [1], values: [1], leftOut: 0 });
  removeSeries(key);
  assertEquals(points.has(key), false);
  assertEquals([topics(), styles()], [["a", "c"], [0, 2]]);
  addSeries("d", "$");
  assertEquals([topics(), styles()], [["a", "c", "d"], [0, 2, 1]]);
});

import { assertEquals } from "@std/assert";
import {
  addFirstTopics,
  addNumericTopics,
  addSeries,
  MOST_SERIES,
  removeSeries,
  series,
} from "./charts.ts";
import { points, tree } from "./store.ts";

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

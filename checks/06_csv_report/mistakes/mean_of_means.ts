/** Breaks `report`: takes the mean of the mean so far and the next value. */
import { parse } from "@std/csv";

const [file = "sensorvalues.csv"] = Deno.args;
const topics = new Map<
  string,
  { count: number; mean: number; min: number; max: number }
>();
for (const [, topic = "", text = ""] of parse(await Deno.readTextFile(file))) {
  const value = Number(text);
  const before = topics.get(topic) ??
    { count: 0, mean: value, min: value, max: value };
  topics.set(topic, {
    count: before.count + 1,
    mean: (before.mean + value) / 2,
    min: Math.min(before.min, value),
    max: Math.max(before.max, value),
  });
}
for (const topic of [...topics.keys()].sort()) {
  const { count, ...figures } = topics.get(topic)!;
  const [mean, min, max] = Object.values(figures)
    .map((figure) => figure.toFixed(2));
  console.log(`${topic}: count ${count}, mean ${mean}, min ${min}, max ${max}`);
}

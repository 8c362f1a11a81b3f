/** Breaks `report`: sorts the values as texts, so that "10.25" is below "9.5". */
import { parse } from "@std/csv";

const [file = "sensorvalues.csv"] = Deno.args;
const topics = new Map<string, string[]>();
for (const [, topic = "", text = ""] of parse(await Deno.readTextFile(file))) {
  topics.set(topic, [...topics.get(topic) ?? [], text].sort());
}
for (const topic of [...topics.keys()].sort()) {
  const texts = topics.get(topic)!;
  const sum = texts.reduce((sum, text) => sum + Number(text), 0);
  const figures = [sum / texts.length, Number(texts[0]), Number(texts.at(-1))];
  const [mean, min, max] = figures.map((figure) => figure.toFixed(2));
  console.log(
    `${topic}: count ${texts.length}, mean ${mean}, min ${min}, max ${max}`,
  );
}

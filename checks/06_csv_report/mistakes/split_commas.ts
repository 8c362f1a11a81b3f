/** Breaks `quotes`: takes each comma for the end of a field. */
const [file = "sensorvalues.csv"] = Deno.args;
const rows = (await Deno.readTextFile(file)).split("\n").slice(0, -1);
const topics = new Map<string, number[]>();
for (const row of rows) {
  const [, topic = "", text = ""] = row.trim().split(",");
  if (text === "" || isNaN(Number(text))) continue;
  topics.set(topic, [...topics.get(topic) ?? [], Number(text)]);
}
for (const [topic, values] of [...topics].sort()) {
  const sum = values.reduce((sum, value) => sum + value);
  const figures = [sum / values.length, Math.min(...values)];
  const [mean, min] = figures.map((figure) => figure.toFixed(2));
  const max = Math.max(...values).toFixed(2);
  console.log(
    `${topic}: count ${values.length}, mean ${mean}, min ${min}, max ${max}`,
  );
}

/** Breaks `foreign`: skips rows that have more columns than the recorder writes. */
import { parse } from "@std/csv";

const [file = "sensorvalues.csv"] = Deno.args;

function cutTornRow(text: string): string {
  let end = text.lastIndexOf("\n") + 1;
  while (text.slice(0, end).split('"').length % 2 === 0) {
    end = text.lastIndexOf("\n", end - 2) + 1;
  }
  return text.slice(0, end);
}

async function readRows(): Promise<string[][]> {
  return parse(cutTornRow(await Deno.readTextFile(file)));
}

const rows = await readRows().catch((error) => {
  console.error(`Cannot read "${file}": ${error.message}`);
  Deno.exit(1);
});

const topics = new Map<string, number[]>();
let skipped = 0;
for (const [, topic = "", text = "", ...others] of rows) {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value) || others.length > 0) {
    skipped++;
    continue;
  }
  const values = topics.get(topic) ?? [];
  topics.set(topic, values);
  values.push(value);
}

for (const topic of [...topics.keys()].sort()) {
  const values = topics.get(topic)!.sort((one, other) => one - other);
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const [average, min, max] = [mean, values[0]!, values.at(-1)!]
    .map((number) => number.toFixed(2));
  console.log(
    `${topic}: count ${values.length}, mean ${average}, min ${min}, max ${max}`,
  );
}
if (skipped > 0) console.error(`Skipped rows: ${skipped}`);

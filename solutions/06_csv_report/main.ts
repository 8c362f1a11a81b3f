/**
 * Solution of exercise 06: count, mean, minimum and maximum of each topic.
 *
 * Run: deno run --allow-read=. --import-map=workbook/npm_std/import_map.json solutions/06_csv_report/main.ts
 */
import { parse } from "@std/csv";
import { printable } from "../../lib/csv.ts";

const [file = "sensorvalues.csv"] = Deno.args;

/** The text without a last row that doesn't end with a line break. */
function cutTornRow(text: string): string {
  let end = text.lastIndexOf("\n") + 1;
  // A line break inside of quotes ends no row, and an odd number of quotes
  // before it says that it is inside: go back to the one before.
  while (text.slice(0, end).split('"').length % 2 === 0) {
    end = text.lastIndexOf("\n", end - 2) + 1;
  }
  return text.slice(0, end);
}

async function readRows(): Promise<string[][]> {
  // The library knows about quotes, and about both kinds of line breaks.
  return parse(cutTornRow(await Deno.readTextFile(file)));
}

// 1. Read the rows. A file that isn't there, or isn't CSV, ends the program.
const rows = await readRows().catch((error) => {
  console.error(`Cannot read "${file}": ${error.message}`);
  Deno.exit(1);
});

// 2. Gather each topic's values. Columns after the third don't matter.
const topics = new Map<string, number[]>();
let skipped = 0;
for (const [, topic = "", text = ""] of rows) {
  // A header has a name here. Number("") would be 0, so we ask for that first.
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) {
    skipped++;
    continue;
  }
  const values = topics.get(topic) ?? [];
  topics.set(topic, values);
  values.push(value);
}

// 3. Print a line for each topic, in the order of their names.
for (const topic of [...topics.keys()].sort()) {
  // Sorted as numbers (as texts, "10" comes before "9"): first and last are the
  // minimum and the maximum.
  const values = topics.get(topic)!.sort((one, other) => one - other);
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const [average, min, max] = [mean, values[0]!, values.at(-1)!]
    .map((number) => number.toFixed(2));
  const figures = `mean ${average}, min ${min}, max ${max}`;
  console.log(`${printable(topic)}: count ${values.length}, ${figures}`);
}
if (skipped > 0) console.error(`Skipped rows: ${skipped}`);

import { assertEquals, assertMatch } from "@std/assert";
import { toJsonLines } from "./report_json.ts";
import { TopicSummary } from "./topic_summary.ts";

const START = Date.UTC(2026, 10, 21, 9, 30);

function lineOf(topic: string, ...values: string[]): string {
  const summary = new TopicSummary(topic);
  values.forEach((value, index) => summary.add(START + index * 500, value));
  return toJsonLines({
    files: [],
    topics: [summary],
    rows: values.length,
    period: { from: START, to: START },
    rowsOfFurtherTopics: 0,
    duplicates: 0,
    otherTopics: [],
  }).join("\n");
}

Deno.test("toJsonLines() has all figures of a topic on a line", () => {
  assertEquals(
    JSON.parse(lineOf("a", "-9007199254740993", "on", "9007199254740993")),
    {
      topic: "a",
      rows: 3,
      numbers: 2,
      texts: 1,
      hugeNumbers: 2,
      mean: 0,
      minimum: "-9007199254740993",
      maximum: "9007199254740993",
      first: { time: "2026-11-21T09:30:00.000Z", value: "-9007199254740993" },
      last: { time: "2026-11-21T09:30:01.000Z", value: "9007199254740993" },
      medianPause: 0.5,
      longestPause: { from: "2026-11-21T09:30:00.000Z", seconds: 0.5 },
      gaps: 0,
      outOfOrder: 0,
    },
  );
  const { mean, minimum, medianPause, longestPause } = JSON.parse(
    lineOf("a", "on"),
  );
  assertEquals([mean, minimum, medianPause, longestPause], Array(4).fill(null));
});

Deno.test("toJsonLines() keeps a topic, and writes nothing that a terminal obeys", () => {
  const topic = "\x1b[2J\x9b\u202e\u2028\n__proto__";
  const line = lineOf(topic, "1");
  assertMatch(line, /^[\x20-\x7e]*$/);
  assertEquals(JSON.parse(line).topic, topic);
});

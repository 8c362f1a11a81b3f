import { assertAlmostEquals, assertEquals } from "@std/assert";
import { usedMemory } from "../../testing/memory.ts";
import { TopicSummary } from "./topic_summary.ts";

/** A summary of values that come each second from time 0. */
function summaryOf(values: readonly string[]): TopicSummary {
  const summary = new TopicSummary("iot/x");
  values.forEach((value, index) => summary.add(index * 1000, value));
  return summary;
}

Deno.test("TopicSummary has count, mean, least, greatest, first and last", () => {
  const summary = summaryOf(["20", "-1.5", "23", "4"]);
  assertEquals(summary.rows, 4);
  const { mean, ...rest } = summary.numbers!;
  assertEquals(rest, { count: 4, least: -1.5, greatest: 23 });
  assertAlmostEquals(mean, 11.375);
  assertEquals(summary.first, { time: 0, value: 20 });
  assertEquals(summary.last, { time: 3000, value: 4 });
  assertEquals(summary.pauses.median(), 1000);
});

Deno.test("TopicSummary counts values that are no numbers as rows only", () => {
  const summary = summaryOf(["on", "2", "", "0x1", "1e999", "4"]);
  assertEquals([summary.rows, summary.texts], [6, 4]);
  assertEquals(summary.exampleText, "on");
  assertEquals(summary.numbers, { count: 2, mean: 3, least: 2, greatest: 4 });
  assertEquals(summary.first, { time: 0, value: "on" });
  assertEquals(summary.series.buckets().length, 2);
  assertEquals(summary.pauses.longest, { length: 1000, from: 0 });
  assertEquals(summaryOf(["on"]).numbers, undefined);
});

Deno.test("TopicSummary keeps the digits of whole numbers beyond 2^53", () => {
  const summary = summaryOf([
    ...["9007199254740994", "9007199254740993", "+009007199254740995"],
    ...["9007199254740991", "-9007199254740993", "1e30", "0000000000000000001"],
  ]);
  assertEquals(summary.hugeNumbers, 4);
  assertEquals(summary.numbers?.least, "-9007199254740993");
  assertEquals(summary.numbers?.greatest, 1e30);
  const greatest = summaryOf(["9007199254740993", "9007199254740992"]).numbers!;
  assertEquals(greatest.greatest, "9007199254740993");
  assertEquals(greatest.least, "9007199254740992");
});

Deno.test("TopicSummary counts no pause before a row out of order", () => {
  const summary = new TopicSummary("iot/x");
  for (
    const [time, value] of [[5, 1], [6, 2], [2, 3], [3, 4], [7, 5], [7, 6]]
  ) {
    summary.add(time! * 1000, `${value}`);
  }
  assertEquals(summary.outOfOrder, 2);
  assertEquals(summary.rows, 6);
  assertEquals(summary.first, { time: 2000, value: 3 });
  assertEquals(summary.last, { time: 7000, value: 6 });
  assertEquals(summary.pauses.longest, { length: 1000, from: 5000 });
  assertEquals(summary.pauses.median(), 1000);
  assertEquals(summary.numbers?.mean, 3.5);
});

Deno.test("TopicSummary keeps nothing of the text that its values were cut from", () => {
  const before = usedMemory();
  const summaries = Array.from({ length: 40 }, (_, index) => {
    const text = `${index}`.repeat(1_000_000);
    const summary = new TopicSummary(text.slice(0, 40));
    summary.add(0, `no number ${text}`.slice(0, 40));
    summary.add(1, text.slice(0, 40));
    return summary;
  });
  const kept = usedMemory() - before;
  assertEquals(summaries.length, 40);
  assertEquals(kept < 10_000_000, true, `${kept} bytes`);
});

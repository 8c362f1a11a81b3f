import { assertEquals } from "@std/assert";
import {
  countOf,
  formatCount,
  formatDuration,
  formatTime,
  shortValueFormatter,
  valueFormatter,
} from "./format_figures.ts";
import { TopicSummary } from "./topic_summary.ts";

function summaryOf(...values: string[]): TopicSummary {
  const summary = new TopicSummary("iot/x");
  values.forEach((value, index) => summary.add(index, value));
  return summary;
}

Deno.test("formatCount() and countOf() part thousands", () => {
  assertEquals(formatCount(1_000_000), "1,000,000");
  assertEquals(countOf(1, "row"), "1 row");
  assertEquals(countOf(1000, "row"), "1,000 rows");
  assertEquals(countOf(2, "line is", "lines are"), "2 lines are");
});

Deno.test("formatTime() is local, to the second", () => {
  const time = new Date(2026, 10, 21, 9, 30, 0, 999).getTime();
  assertEquals(formatTime(time), "2026-11-21 09:30:00");
});

Deno.test("formatDuration() takes the two largest units", () => {
  const durations: [number | undefined, string][] = [
    [undefined, "-"],
    [0, "0 ms"],
    [999, "999 ms"],
    [1000, "1.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min"],
    [61_400, "1 min 1 s"],
    [3_600_000, "1 h"],
    [7_505_000, "2 h 5 min"],
    [90_000_000, "1 d 1 h"],
    [86_400_000 * 400, "400 d"],
  ];
  for (const [milliseconds, text] of durations) {
    assertEquals(formatDuration(milliseconds), text);
  }
});

Deno.test("valueFormatter() has the decimals that the topic needs", () => {
  const cases: [values: string[], value: number, text: string][] = [
    [["3", "10"], 6.54321, "6.543"],
    [["20", "60"], 40.2345, "40.23"],
    [["0", "1"], 0.4567, "0.457"],
    [["-20000", "30000"], 123.4, "123"],
    [["20.001", "20.005"], 20.0015, "20.001500"],
    [["5", "5"], 5, "5.000"],
    [["0", "0"], 0, "0.000"],
    [["1e-12", "2e-12"], 1.5e-12, "1.5000e-12"],
    [["0", "1e300"], 1e299, "1.0000e+299"],
    [["0", "1e300"], 0, "0"],
    [["-1.7e308", "1.7e308"], 0, "0"],
    [["123456789012", "123456789013"], 123456789012.5, "123456789013"],
  ];
  for (const [values, value, text] of cases) {
    assertEquals(valueFormatter(summaryOf(...values))(value), text, values[1]);
  }
  assertEquals(valueFormatter(summaryOf("on"))(undefined), "-");
});

Deno.test("valueFormatter() quotes texts, and keeps the digits of whole numbers", () => {
  const format = valueFormatter(summaryOf("on"));
  assertEquals(format("on"), '"on"');
  assertEquals(format("\x1b[2J"), '"\\x1b[2J"');
  assertEquals(format("x".repeat(100)), `"${"x".repeat(18)}…`);
  assertEquals(format("-9223372036854775808"), "-9223372036854775808");
  assertEquals(format("1".repeat(30)), "1.1111e+29");
  assertEquals(format("1".repeat(400)), `"${"1".repeat(18)}…`);
  assertEquals(format("18446744073709551615"), "18446744073709551615");
});

Deno.test("shortValueFormatter() rounds numbers, and cuts texts", () => {
  const format = shortValueFormatter(summaryOf("1", "2"));
  assertEquals(format("18446744073709551615"), "1.8447e+19");
  assertEquals(format("a long text without end"), '"a long text…');
  assertEquals(format(1.5), "1.500");
});

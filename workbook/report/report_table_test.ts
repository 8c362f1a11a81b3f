import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { displayWidth } from "../terminal/wrap.ts";
import type { Report } from "./read_report.ts";
import { toTable } from "./report_table.ts";
import { TopicSummary } from "./topic_summary.ts";

const START = new Date(2026, 10, 21, 9, 30).getTime();

/** A report on topics whose values come each minute. */
function reportOf(topics: Readonly<Record<string, string[]>>): Report {
  const summaries = Object.entries(topics).map(([topic, values]) => {
    const summary = new TopicSummary(topic);
    values.forEach((value, index) =>
      summary.add(START + index * 60_000, value)
    );
    return summary;
  });
  return {
    files: [],
    topics: summaries,
    rows: summaries.reduce((sum, { rows }) => sum + rows, 0),
    period: {
      from: START,
      to: Math.max(...summaries.map(({ last }) => last.time)),
    },
    rowsOfFurtherTopics: 0,
    duplicates: 0,
    otherTopics: [],
  };
}

Deno.test("toTable() shows figures, ends, pauses and a curve of each topic", () => {
  const report = reportOf({
    "iot/user1/temp": ["3", "10", "5", "6"],
    "교실/온도": ["21", "off", "23"],
  });
  assertEquals(toTable(report, 60), [
    "7 rows on 2 topics, from 2026-11-21 09:30:00 to 2026-11-21 09:33:00",
    "",
    "Values          Rows    Mean  Minimum  Maximum  Curve",
    "iot/user1/temp     4   6.000    3.000   10.000  ▁▁▁▁████▃▃▃▄",
    "교실/온도          3  22.000   21.000   23.000  ▁▁▁▁▁▁▁▁█",
    "",
    "First and last  First row   Value  Last row   Value",
    "iot/user1/temp   09:30:00   3.000  09:33:00   6.000",
    "교실/온도        09:30:00  21.000  09:32:00  23.000",
    "",
    "Pauses          Median  Longest     Since  Gaps",
    "iot/user1/temp   1 min    1 min  09:30:00     0",
    "교실/온도        1 min    1 min  09:30:00     0",
    "",
    '교실/온도: 1 value is no number, such as "off": it counts as',
    "  a row only",
  ]);
});

Deno.test("toTable() gives times their date where they are of several days", () => {
  const text = toTable(reportOf({ x: Array(1441).fill("1") }), 80).join("\n");
  const line = /x +2026-11-21 09:30:00 +1.000 +2026-11-22 09:30:00 +1.000/;
  assertMatch(text, line);
});

Deno.test("toTable() fits 80 columns, whatever topics and values are", () => {
  const long = `${"위".repeat(30_000)}/end`;
  const report = reportOf({
    [long]: Array(1441).fill("18446744073709551615"),
    "x/\x1b[2J\u202e": ["-1.7e308", "1.7e308", "no number ".repeat(90)],
    ["=1+1".repeat(50)]: ["x".repeat(1000)],
  });
  for (const line of toTable(report, 80)) {
    assert(displayWidth(line) <= 80, `${displayWidth(line)}: ${line}`);
  }
  const table = toTable(report, 80).join("");
  assertStringIncludes(table, "/end");
  assertStringIncludes(table, "x/\\x1b[2J\\u202e");
});

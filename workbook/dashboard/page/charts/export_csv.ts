import { fieldOf, rowOf } from "../../../../lib/recording/csv_rows.ts";
import { timeFormatter } from "../../../../lib/recording/local_time.ts";
import type { Drawn } from "./chart_data.ts";
import type { Range } from "./chart_range.ts";

/** What is written of a series. */
interface ExportedSeries {
  topic: string;
  /** Where in the payload the number is; `$` is all of it. */
  path: string;
  points: Drawn;
}

/**
 * Writes the values of a stretch of time as `CsvRecorder` does: rows `time,topic,value`
 * without a header, in the order of time, which `readReadings` reads. Gaps are left out.
 * A number inside JSON has its path after the topic, `iot/room $.value`.
 */
export function exportCsv(
  series: readonly ExportedSeries[],
  { from, to }: Range,
): string {
  const format = timeFormatter("local");
  const rows: { time: number; topic: string; value: number }[] = [];
  for (const { topic, path, points } of series) {
    const field = fieldOf(path === "$" ? topic : `${topic} ${path}`);
    points.times.forEach((time, index) => {
      const value = points.values[index]!;
      if (value === null || time < from || time > to) return;
      rows.push({ time, topic: field, value });
    });
  }
  rows.sort((a, b) => a.time - b.time);
  return rows.map(({ time, topic, value }) =>
    rowOf(format(Math.round(time * 1000)), topic, String(value))
  ).join("");
}

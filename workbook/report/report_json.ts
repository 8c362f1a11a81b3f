import { printableJson } from "../terminal/printable_json.ts";
import type { Report } from "./read_report.ts";
import type { Point, TopicSummary } from "./topic_summary.ts";

/** Writes a line of JSON for each topic; `deno task report --help` says how. */
export function toJsonLines({ topics }: Report): string[] {
  return topics.map((topic) => printableJson(JSON.stringify(dataOf(topic))));
}

function dataOf(summary: TopicSummary) {
  const { topic, rows, numbers, texts, outOfOrder, pauses } = summary;
  const { longest } = pauses;
  return {
    topic,
    rows,
    numbers: numbers?.count ?? 0,
    texts,
    hugeNumbers: summary.hugeNumbers,
    mean: numbers?.mean ?? null,
    minimum: numbers?.least ?? null,
    maximum: numbers?.greatest ?? null,
    first: pointOf(summary.first),
    last: pointOf(summary.last),
    medianPause: secondsOf(pauses.median()),
    longestPause: longest === undefined ? null : {
      from: isoTime(longest.from),
      seconds: secondsOf(longest.length),
    },
    gaps: pauses.gaps(),
    outOfOrder,
  };
}

function pointOf({ time, value }: Point) {
  return { time: isoTime(time), value };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function secondsOf(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000;
}

import { sparkline } from "../main_job/statistics.ts";
import { columns, widthOfFigures } from "../terminal/columns.ts";
import { displayWidth, wrap } from "../terminal/wrap.ts";
import { meansOf, type Period } from "./curve.ts";
import {
  countOf,
  formatCount,
  formatDuration,
  formatTime,
  shortValueFormatter,
} from "./format_figures.ts";
import type { Report } from "./read_report.ts";
import { describeNotes, shortTopic } from "./report_notes.ts";
import type { TopicSummary } from "./topic_summary.ts";

const WIDEST_TOPIC = 24;
/** Blanks before the curve. */
const SPACE = 2;
const NARROWEST_CURVE = 5;
const WIDEST_CURVE = 32;

/**
 * Writes a report as three tables for a terminal, with a curve for each topic, and
 * below them what there is to know.
 *
 * @param report The report.
 * @param width How many columns the terminal has.
 */
export function toTable(report: Report, width: number): string[] {
  const { topics, rows, period } = report;
  const format = timeFormatter(period);
  const notes = describeNotes(report).flatMap((note) => wrap(note, width, 2));
  return [
    `${countOf(rows, "row")} on ${countOf(topics.length, "topic")}, from ${
      formatTime(period.from)
    } to ${formatTime(period.to)}`,
    "",
    ...columns(withCurves(valueRows(topics), report, width), width),
    "",
    ...columns(endRows(topics, format), width),
    "",
    ...columns(pauseRows(topics, format), width),
    ...notes.length === 0 ? [] : ["", ...notes],
  ];
}

function valueRows(topics: readonly TopicSummary[]): string[][] {
  return [
    ["Values", "Rows", "Mean", "Minimum", "Maximum"],
    ...topics.map((topic) => {
      const format = shortValueFormatter(topic);
      const { mean, least, greatest } = topic.numbers ?? {};
      return [
        shortTopic(topic.topic),
        formatCount(topic.rows),
        ...[mean, least, greatest].map(format),
      ];
    }),
  ];
}

/** Adds a column of curves in the room that is left. */
function withCurves(
  cells: readonly string[][],
  { topics, period }: Report,
  width: number,
): string[][] {
  const names = Math.max(...cells.map(([topic = ""]) => displayWidth(topic)));
  const room = width - widthOfFigures(cells) - SPACE -
    Math.min(names, WIDEST_TOPIC);
  const count = Math.min(WIDEST_CURVE, Math.max(NARROWEST_CURVE, room));
  return cells.map((row, index) => {
    const topic = topics[index - 1];
    const curve = topic === undefined
      ? "Curve".padEnd(count)
      : sparkline(meansOf(topic, period, count));
    return [...row, curve];
  });
}

function endRows(
  topics: readonly TopicSummary[],
  formatTime: (time: number) => string,
): string[][] {
  return [
    ["First and last", "First row", "Value", "Last row", "Value"],
    ...topics.map((topic) => {
      const format = shortValueFormatter(topic);
      const cells = [topic.first, topic.last]
        .flatMap(({ time, value }) => [formatTime(time), format(value)]);
      return [shortTopic(topic.topic), ...cells];
    }),
  ];
}

function pauseRows(
  topics: readonly TopicSummary[],
  formatTime: (time: number) => string,
): string[][] {
  return [
    ["Pauses", "Median", "Longest", "Since", "Gaps"],
    ...topics.map(({ topic, pauses }) => {
      const { longest } = pauses;
      return [
        shortTopic(topic),
        formatDuration(pauses.median()),
        formatDuration(longest?.length),
        longest === undefined ? "-" : formatTime(longest.from),
        formatCount(pauses.gaps()),
      ];
    }),
  ];
}

/** Writes times; where all are of one day, without the date. */
function timeFormatter({ from, to }: Period): (time: number) => string {
  const [day] = formatTime(from).split(" ");
  const [lastDay] = formatTime(to).split(" ");
  if (day !== lastDay) return formatTime;
  return (time) => formatTime(time).slice(`${day} `.length);
}

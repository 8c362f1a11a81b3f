import { excerpt } from "../../lib/excerpt.ts";
import { printable } from "../../lib/printable.ts";
import { countOf, formatCount } from "./format_figures.ts";
import { MOST_TOPICS, type Report } from "./read_report.ts";
import type { FileSummary } from "./read_together.ts";
import type { TopicSummary } from "./topic_summary.ts";

/** A topic that is longer is cut, where there is no room for all of it. */
const LONGEST_TOPIC = 160;

/**
 * Says what a report leaves out, and what its figures don't show.
 *
 * @returns Sentences that may be printed.
 */
export function describeNotes(report: Report): string[] {
  const { files, topics, rowsOfFurtherTopics: further } = report;
  return [
    ...files.flatMap(fileNotes),
    ...topics.flatMap(topicNotes),
    ...further === 0 ? [] : [
      `${countOf(further, "row")} on further topics than the first ${
        formatCount(MOST_TOPICS)
      } left out: --topic chooses`,
    ],
  ];
}

/** A topic as it is printed where a line must do for it. */
export function shortTopic(topic: string): string {
  const letters = Array.from(printable(topic));
  if (letters.length <= LONGEST_TOPIC) return letters.join("");
  return `${letters.slice(0, LONGEST_TOPIC).join("")}…`;
}

function fileNotes({ name, skipped, firstSkipped, isTorn }: FileSummary) {
  const file = printable(name);
  const notes: string[] = [];
  if (firstSkipped !== undefined) {
    const { line, reason } = firstSkipped;
    const which = skipped === 1 ? "namely" : "the first is";
    notes.push(
      `${file}: ${
        countOf(skipped, "line that is no row", "lines that are no rows")
      } left out, ${which} line ${formatCount(line)}: ${reason}`,
    );
  }
  if (isTorn) {
    notes.push(
      `${file}: the last row left out, as it has no line end: it is being ` +
        "written, or was torn",
    );
  }
  return notes;
}

function topicNotes(summary: TopicSummary): string[] {
  const { texts, exampleText, hugeNumbers, outOfOrder } = summary;
  const topic = shortTopic(summary.topic);
  const notes: string[] = [];
  if (texts > 0) {
    notes.push(
      `${topic}: ${
        countOf(texts, "value that is no number", "values that are no numbers")
      }, such as ${excerpt(exampleText)}: counted as rows, and left out of ` +
        "mean, minimum, maximum and curve",
    );
  }
  if (hugeNumbers > 0) {
    notes.push(
      `${topic}: ${
        countOf(hugeNumbers, "whole number", "whole numbers")
      } beyond 2^53: rounded in mean and curve, exact elsewhere`,
    );
  }
  if (outOfOrder > 0) {
    notes.push(
      `${topic}: ${
        countOf(outOfOrder, "row", "rows")
      } with an earlier time than a row before: left out of the pauses`,
    );
  }
  return notes;
}

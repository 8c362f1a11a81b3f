import { excerpt, printable } from "../../lib/printable.ts";
import { countOf, formatCount } from "./format_figures.ts";
import { type FileSummary, MOST_TOPICS, type Report } from "./read_report.ts";
import type { TopicSummary } from "./topic_summary.ts";

/** Of a longer topic, the middle is left out where there is little room. */
const LONGEST_TOPIC = 60;

/**
 * Says what a report leaves out, and what its figures don't show.
 *
 * @returns Sentences that may be printed.
 */
export function describeNotes(report: Report): string[] {
  const { files, topics, rowsOfFurtherTopics: further, duplicates } = report;
  return [
    ...files.flatMap(fileNotes),
    ...duplicates === 0 ? [] : [
      `${
        countOf(duplicates, "row has", "rows have")
      } come before and are left out`,
    ],
    ...topics.flatMap(topicNotes),
    ...further === 0 ? [] : [
      `${
        countOf(further, "row is", "rows are")
      } on further topics than the first ${
        formatCount(MOST_TOPICS)
      } and left out: --topic chooses`,
    ],
  ];
}

/** A topic as it is printed where a line must do for it. */
export function shortTopic(topic: string): string {
  const letters = Array.from(printable(topic));
  if (letters.length <= LONGEST_TOPIC) return letters.join("");
  const half = LONGEST_TOPIC / 2;
  return [...letters.slice(0, half), "…", ...letters.slice(1 - half)].join("");
}

function fileNotes({ name, skipped, firstSkipped, isTorn }: FileSummary) {
  const file = printable(name);
  const notes: string[] = [];
  if (firstSkipped !== undefined) {
    const which = skipped === 1 ? ":" : "; the first is";
    notes.push(
      `${file}: ${
        countOf(skipped, "line is no row", "lines are no rows")
      } and ` +
        `left out${which} line ${formatCount(firstSkipped.line)}: ` +
        firstSkipped.reason,
    );
  }
  if (isTorn) {
    notes.push(
      `${file}: the last row has no line end and is left out: it is being ` +
        "written, or was torn",
    );
  }
  return notes;
}

function topicNotes(summary: TopicSummary): string[] {
  const { texts, exampleText, hugeNumbers, outOfOrder } = summary;
  const notes: string[] = [];
  if (texts > 0) {
    notes.push(
      `${
        countOf(texts, "value is no number", "values are no numbers")
      }, such ` +
        `as ${excerpt(exampleText)}: ` +
        (texts === 1 ? "it counts as a row only" : "they count as rows only"),
    );
  }
  if (hugeNumbers > 0) {
    notes.push(
      `${
        countOf(
          hugeNumbers,
          "value is a whole number",
          "values are whole numbers",
        )
      } beyond 2^53: rounded in mean and curve`,
    );
  }
  if (outOfOrder > 0) {
    notes.push(
      `${
        countOf(outOfOrder, "row is", "rows are")
      } earlier than a row before: ` +
        "no pause is counted there",
    );
  }
  return notes.map((note) => `${shortTopic(summary.topic)}: ${note}`);
}

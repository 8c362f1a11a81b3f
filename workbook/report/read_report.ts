import { rowOf } from "../../lib/recording/csv_rows.ts";
import { RecentRows } from "../../lib/recording/recent_rows.ts";
import { matchesFilter } from "../messages/matches_filter.ts";
import type { Period } from "./curve.ts";
import { type FileSummary, readTogether } from "./read_together.ts";
import { TopicSummary } from "./topic_summary.ts";

/** What is known of recordings. */
export interface Report {
  /** The files that it was read from. */
  files: FileSummary[];
  /** The topics, in the order of their names. */
  topics: TopicSummary[];
  /** How many rows they have. */
  rows: number;
  /** From the first row to the last one. */
  period: Period;
  /** How many rows are on further topics than a report has. */
  rowsOfFurtherTopics: number;
  /** How many rows were left out because the same one had come before. */
  duplicates: number;
  /** Some of the topics that no filter matches. */
  otherTopics: string[];
}

/** How many topics a report has at most, so that its memory is bounded. */
export const MOST_TOPICS = 1000;
const MOST_OTHER_TOPICS = 3;
const byName = new Intl.Collator("en", { numeric: true });

/**
 * Reads recordings in bounded memory, several as if they were one.
 *
 * @param names The files; `-` is standard input.
 * @param filters Which topics count: those that one of them matches, or all if there
 *   is none.
 * @param options `deduplicate`: whether a row with the same time, topic and value as one of the
 *   latest 100,000 is left out.
 * @throws {RecordingError} If a file can't be read.
 */
export async function readReport(
  names: readonly string[],
  filters: readonly string[],
  { deduplicate = false }: { deduplicate?: boolean } = {},
): Promise<Report> {
  const topics = new Map<string, TopicSummary>();
  const otherTopics = new Set<string>();
  let rowsOfFurtherTopics = 0;
  const isWanted = (topic: string) =>
    filters.length === 0 ||
    filters.some((filter) => matchesFilter(filter, topic));
  const summaryOf = (name: string) => {
    const known = topics.get(name);
    if (known !== undefined) return known;
    if (!isWanted(name)) {
      if (otherTopics.size < MOST_OTHER_TOPICS) otherTopics.add(name);
    } else if (topics.size === MOST_TOPICS) rowsOfFurtherTopics++;
    else {
      const summary = new TopicSummary(name);
      topics.set(summary.topic, summary);
      return summary;
    }
  };
  const recent = deduplicate ? new RecentRows() : undefined;
  let duplicates = 0;
  const files = await readTogether(names, (row) => {
    const { time, timeText, topic, value } = row;
    if (recent?.add(rowOf(timeText, topic, value)) === false) {
      duplicates++;
      return;
    }
    summaryOf(topic)?.add(time.getTime(), value);
  });
  const sorted = [...topics.values()]
    .sort((one, other) => byName.compare(one.topic, other.topic));
  return {
    files,
    topics: sorted,
    rows: sorted.reduce((sum, { rows }) => sum + rows, 0),
    period: {
      from: Math.min(...sorted.map(({ first }) => first.time)),
      to: Math.max(...sorted.map(({ last }) => last.time)),
    },
    rowsOfFurtherTopics,
    duplicates,
    otherTopics: [...otherTopics],
  };
}

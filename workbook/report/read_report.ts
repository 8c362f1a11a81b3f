import { rowOf } from "../../lib/recording/csv_rows.ts";
import {
  openRecording,
  readRows,
  type Row,
  type TimedRow,
} from "../../lib/recording/read_rows.ts";
import { RecentRows } from "../../lib/recording/recent_rows.ts";
import { matchesFilter } from "../messages/matches_filter.ts";
import type { Period } from "./curve.ts";
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

/** What was read of one file. */
export interface FileSummary {
  /** Its name, as the user gave it. */
  name: string;
  /** How many rows it has. */
  rows: number;
  /** How many lines were skipped because they are no rows. */
  skipped: number;
  /** The first of them, and what is wrong with it. */
  firstSkipped: { line: number; reason: string } | undefined;
  /** Whether its last row has no line end, and so isn't counted. */
  isTorn: boolean;
}

/** A file that is being read. */
interface Source {
  summary: FileSummary;
  batches: AsyncIterator<Row[], void, void>;
  /** The rows that were read last. */
  rows: TimedRow[];
  /** The place of the next one among them. */
  next: number;
}

/** The name for standard input. */
export const STANDARD_INPUT = "-";

/**
 * Reads recordings side by side, as if they were one: of the next rows of all, the
 * earliest comes first. So rows are in order, unless those of a single file aren't.
 *
 * @param names The files; `-` is standard input.
 * @param take Called with each row.
 * @throws {RecordingError} If a file can't be read.
 */
async function readTogether(
  names: readonly string[],
  take: (row: TimedRow) => void,
): Promise<FileSummary[]> {
  using opened = new DisposableStack();
  const sources: Source[] = [];
  for (const name of names) {
    const file = name === STANDARD_INPUT
      ? Deno.stdin
      : opened.use(await openRecording(name));
    const nothing = { rows: 0, skipped: 0, firstSkipped: undefined };
    const summary = { name, ...nothing, isTorn: false };
    sources.push({ summary, batches: readRows(file), rows: [], next: 0 });
  }
  for (const source of sources) await refill(source);
  for (let source; (source = earliest(sources)) !== undefined;) {
    take(source.rows[source.next++]!);
    if (source.next === source.rows.length) await refill(source);
  }
  return sources.map(({ summary }) => summary);
}

/** Reads on until there are rows, or the file ends. */
async function refill(source: Source): Promise<void> {
  const { batches, summary } = source;
  source.rows = [];
  source.next = 0;
  while (source.rows.length === 0) {
    const { value, done } = await batches.next();
    if (done) return;
    source.rows = value.filter((row) => isCounted(row, summary));
  }
}

/** Whether a row counts; what is wrong with others is noted. */
function isCounted(row: Row, summary: FileSummary): row is TimedRow {
  if (row.torn !== undefined) summary.isTorn = true;
  else if ("reason" in row) {
    summary.skipped++;
    summary.firstSkipped ??= { line: row.line, reason: row.reason };
  } else {
    summary.rows++;
    return true;
  }
  return false;
}

function earliest(sources: readonly Source[]): Source | undefined {
  let found: Source | undefined;
  let least = Infinity;
  for (const source of sources) {
    const time = source.rows[source.next]?.time.getTime() ?? Infinity;
    if (time >= least) continue;
    least = time;
    found = source;
  }
  return found;
}

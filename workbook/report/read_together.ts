import {
  openRecording,
  readRows,
  type Row,
  type TimedRow,
} from "../../lib/recording/read_rows.ts";

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
export async function readTogether(
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

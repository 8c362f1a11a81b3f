import { parseDecimal } from "../decimal.ts";
import { excerpt } from "../printable.ts";
import { reasonOf, RecordingError } from "../recording_error.ts";
import { endOfRow, fieldsOf, LONGEST_ROW } from "./csv_rows.ts";
import { parseTime } from "./local_time.ts";

/** Where a row stands. */
interface Place {
  /** The number of its first line, counted from 1. */
  line: number;
  /** Its text, if it is the last one and has no line end, as if torn. */
  torn: string | undefined;
}

/** A row with a time, a topic and a value, which may be any text. */
export interface TimedRow extends Place {
  time: Date;
  /** The time as it is written, which may be finer. */
  timeText: string;
  topic: string;
  value: string;
}

/** A row that is none of a recording, and why. */
interface InvalidRow extends Place {
  reason: string;
}

/** A row of a recording, as it is read. */
export type Row = TimedRow | InvalidRow;

/**
 * Opens a recording.
 *
 * @throws {RecordingError} If it can't be read, or is a folder.
 */
export async function openRecording(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file;
    file.close();
  } catch (cause) {
    const message = cause instanceof Deno.errors.NotFound
      ? `File "${path}" does not exist`
      : `Cannot open "${path}": ${reasonOf(cause)}`;
    throw new RecordingError(path, message, { cause });
  }
  throw new RecordingError(path, `"${path}" is a folder, not a file`);
}

/**
 * Reads the rows of a recording, as many at a time as one read of the file gives.
 * Blank lines, a byte-order mark and a header are left out.
 *
 * @param file The recording, from its beginning.
 */
export async function* readRows(
  file: Pick<Deno.FsFile, "read">,
): AsyncGenerator<Row[], void, void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(LONGEST_ROW);
  let text = "";
  let line = 1;
  let first = true;
  for (let ended = false; !ended;) {
    const size = await file.read(buffer);
    ended = size === null;
    text += ended
      ? `${decoder.decode()}\n`
      : decoder.decode(buffer.subarray(0, size ?? 0), { stream: true });

    const rows: Row[] = [];
    let start = 0;
    for (let found; (found = rowAt(text, start, ended)) !== undefined;) {
      const { fields, end } = found;
      if (!isBlank(fields)) {
        const isTorn = ended && end === text.length;
        const torn = isTorn ? fields.join() : undefined;
        if (!first || !isHeader(fields)) rows.push(rowOf(fields, line, torn));
        first = false;
      }
      line += linesIn(text, start, end);
      start = end;
    }
    text = text.slice(start);
    if (rows.length > 0) yield rows;
  }
}

/**
 * The fields that begin at `start`, or nothing if the row's end isn't in `text` yet.
 * A quote that is wrong, or never closed, spoils its own line but not those after
 * it: that line comes as a single field.
 */
function rowAt(
  text: string,
  start: number,
  ended: boolean,
): { fields: string[]; end: number } | undefined {
  if (start === text.length) return undefined;
  const end = endOfRow(text, start);
  if (end > 0) {
    const fields = fieldsOf(text.slice(start, end).replace(/\r?\n$/, ""));
    if (fields !== undefined) return { fields, end };
  } else if (!ended && text.length - start < LONGEST_ROW) return undefined;
  const lineEnd = text.indexOf("\n", start) + 1 || text.length;
  return { fields: [text.slice(start, lineEnd).trimEnd()], end: lineEnd };
}

function rowOf(fields: string[], line: number, torn: string | undefined): Row {
  const [timeText = "", topic = "", value = ""] = fields;
  if (fields.length !== 3) {
    const count = `${fields.length} field${fields.length === 1 ? "" : "s"}`;
    const reason = `Row has ${count} instead of 3: ${excerpt(fields.join())}`;
    return { reason, line, torn };
  }
  const time = parseTime(timeText);
  if (time !== undefined) return { time, timeText, topic, value, line, torn };
  return { reason: `Time is not valid: ${excerpt(timeText)}`, line, torn };
}

function isBlank(fields: string[]): boolean {
  return fields.length === 1 && fields[0] === "";
}

function isHeader(fields: string[]): boolean {
  const [time = "", , value = ""] = fields;
  return fields.length === 3 && parseTime(time) === undefined &&
    Number.isNaN(parseDecimal(value));
}

function linesIn(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at = text.indexOf("\n", at) + 1) lines++;
  return lines;
}

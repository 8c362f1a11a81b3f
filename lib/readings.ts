import { parseDecimal } from "./decimal.ts";
import { endOfRow, fieldsOf, LONGEST_ROW } from "./recording/csv_rows.ts";
import { excerpt } from "./excerpt.ts";
import { parseTime } from "./recording/local_time.ts";
import { reasonOf, RecordingError } from "./recording_error.ts";

/** A row of a recording. */
export interface Reading {
  /** When it was recorded, to the millisecond. */
  time: Date;
  /** The topic that it was published on, such as `iot/user1/temp`. */
  topic: string;
  /** What was measured. */
  value: number;
}

/** Options of {@linkcode readReadings}. */
export interface ReadReadingsOptions {
  /**
   * Called with the number of each line that isn't a reading, counted from 1, and the
   * reason; it is then skipped. Without it, the first such line is an error.
   */
  onInvalid?: (line: number, reason: string) => void;
}

/**
 * Reads the rows that {@linkcode CsvRecorder}, or the Python program of document ko §5,
 * has recorded. They come one by one, so a recording may be larger than the memory.
 *
 * Lines may end with CRLF or LF; blank lines, a byte-order mark and a header are skipped
 * (a first row with three fields of which neither is a time or a number where a reading
 * has one). Times are local, or RFC 3339. A last row without a line end is no reading,
 * however whole it looks: a program that was killed may have written `12.3` of `12.34`.
 *
 * @example The values of a topic
 * ```ts
 * import { readReadings } from "./csv.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(
 *   path,
 *   "2026-11-21 09:30:00.123456,iot/user1/temp,20\r\n" +
 *     "2026-11-21T09:30:07.654321+09:00,iot/user1/humi,40\nnoise\n",
 * );
 * const values: number[] = [];
 * const onInvalid = (line: number, reason: string) => console.error(line, reason);
 * for await (const { topic, value } of readReadings(path, { onInvalid })) {
 *   if (topic === "iot/user1/temp") values.push(value);
 * }
 * assertEquals(values, [20]);
 * await Deno.remove(path);
 * ```
 *
 * @throws {RecordingError} If the file can't be read, or if a line isn't a reading and
 * `onInvalid` isn't given; the message then begins with the path and the line's number.
 */
export async function* readReadings(
  path: string,
  options: ReadReadingsOptions = {},
): AsyncGenerator<Reading, void, void> {
  const {
    onInvalid = (line, reason) => {
      throw new RecordingError(path, `${path}:${line}: ${reason}`);
    },
  } = options;
  using file = await open(path);
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

    let start = 0;
    for (let row; (row = rowAt(text, start, ended)) !== undefined;) {
      const { fields, end } = row;
      const isTorn = ended && end === text.length;
      const reading = readingOf(fields, isTorn);
      if (typeof reading !== "string") yield reading;
      else if (!isBlank(fields) && !(first && isHeader(fields))) {
        onInvalid(line, reading);
      }
      first &&= isBlank(fields);
      line += linesIn(text, start, end);
      start = end;
    }
    text = text.slice(start);
  }
}

async function open(path: string): Promise<Deno.FsFile> {
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
 * The row that begins at `start`, or nothing if its end isn't in `text` yet. A
 * quote that is wrong, or never closed, spoils its own line but not those after
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

/** The reading that a row holds, or why it holds none. */
function readingOf(fields: string[], isTorn: boolean): Reading | string {
  const [timeText = "", topic = "", valueText = ""] = fields;
  if (fields.length !== 3) {
    const count = `${fields.length} field${fields.length === 1 ? "" : "s"}`;
    return `Row has ${count} instead of 3: ${excerpt(fields.join())}`;
  }
  const time = parseTime(timeText);
  if (time === undefined) return `Time is not valid: ${excerpt(timeText)}`;
  const value = parseDecimal(valueText);
  if (!Number.isFinite(value)) {
    return `Value is not a number: ${excerpt(valueText)}`;
  }
  if (isTorn) {
    return `Row has no line end, as if torn: ${excerpt(fields.join())}`;
  }
  return { time, topic, value };
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

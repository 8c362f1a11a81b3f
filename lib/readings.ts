import { parseDecimal } from "./decimal.ts";
import { excerpt } from "./printable.ts";
import {
  openRecording,
  readRows,
  type TimedRow,
} from "./recording/read_rows.ts";
import { RecordingError } from "./recording_error.ts";

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
  using file = await openRecording(path);
  for await (const rows of readRows(file)) {
    for (const row of rows) {
      const reading = "reason" in row ? row.reason : readingOf(row);
      if (typeof reading !== "string") yield reading;
      else onInvalid(row.line, reading);
    }
  }
}

/** The reading that a row holds, or why it holds none. */
function readingOf(
  { time, topic, value: text, torn }: TimedRow,
): Reading | string {
  const value = parseDecimal(text);
  if (!Number.isFinite(value)) return `Value is not a number: ${excerpt(text)}`;
  if (torn === undefined) return { time, topic, value };
  return `Row has no line end, as if torn: ${excerpt(torn)}`;
}

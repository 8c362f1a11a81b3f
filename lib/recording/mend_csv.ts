import { Buffer } from "node:buffer";
import { endOfLastRow, endOfRow, LONGEST_ROW } from "./csv_rows.ts";
import { RecordingError } from "../recording_error.ts";

const LONGEST_TORN_ROW = 4096;
/** A program that is in the middle of a row goes on within this, in milliseconds. */
const LONGEST_PAUSE = 250;
const TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/;

/**
 * Mends a CSV file whose last row was torn by a crash, so that the next row
 * starts on a line of its own.
 *
 * A row without a line end counts as torn even if it looks complete, because
 * its last number may have been longer. It is removed and quoted in the log, so
 * that nothing is lost silently. A last line that can't be the beginning of a
 * row, such as a header typed by hand, is kept and ended. Anything else is for
 * a human to judge. A file that grows meanwhile is left as it is: another program
 * appends to it, and is in the middle of a row.
 *
 * @throws {RecordingError} If the end of the file is no torn row.
 */
export async function mendCsv(
  path: string,
  log: (line: string) => void,
): Promise<void> {
  // Not opened to append: Windows cuts off nothing from a file that is.
  using file = await Deno.open(path, { read: true, write: true });
  const { size, tail } = await unendedRow(file);
  if (tail.length === 0 || await grows(file, size)) return;

  const text = tail.toString("utf8");
  const quoted = JSON.stringify(text);
  const short = tail.length <= LONGEST_TORN_ROW;
  if (short && beginsRow(text)) {
    await file.truncate(size - tail.length);
    log(`Mended "${path}": removed its torn last row ${quoted}`);
  } else if (short && endOfRow(`${text}\n`, 0) > 0) {
    await file.seek(0, Deno.SeekMode.End);
    await file.write(new TextEncoder().encode("\r\n"));
    log(`Mended "${path}": ended its last line ${quoted}`);
  } else {
    throw new RecordingError(
      path,
      `Last row of "${path}" has no end, and its ${tail.length} bytes are no ` +
        "torn reading: mend the file by hand or record to another",
    );
  }
}

/** Finds a file's size, and what stands there after its last whole row. */
async function unendedRow(
  file: Deno.FsFile,
): Promise<{ size: number; tail: Buffer }> {
  const chunk = Buffer.alloc(1024 * 1024);
  let size = 0;
  let text = "";
  for (let read; (read = await file.read(chunk)) !== null; size += read) {
    // What comes after so long a row wouldn't make it a torn one.
    if (text.length > LONGEST_ROW) continue;
    // In Latin-1 each byte is a character, so that lengths are bytes.
    text += chunk.toString("latin1", 0, read);
    text = text.slice(endOfLastRow(text));
  }
  return { size, tail: Buffer.from(text, "latin1") };
}

/** Waits for another program to append to a file. */
async function grows(file: Deno.FsFile, size: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, LONGEST_PAUSE));
  return (await file.stat()).size !== size;
}

/** Whether a text starts with a time, or is too short to tell. */
function beginsRow(text: string): boolean {
  return TIME.test(text + "0000-00-00 00:00:00".slice(text.length));
}

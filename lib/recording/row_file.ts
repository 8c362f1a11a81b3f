import { dirname } from "node:path";
import { endOfLastRow, endOfRow } from "./csv_rows.ts";
import { mendCsv } from "./mend_csv.ts";
import { reasonOf, RecordingError } from "../recording_error.ts";

/** What a row file needs of a `Deno.FsFile`. */
export type AppendedFile = Pick<
  Deno.FsFile,
  "close" | "statSync" | "truncateSync" | "writeSync"
>;

/** How many rows an append wrote, and why it didn't write the others. */
interface Appended {
  /** Whole rows that are in the file. */
  rows: number;
  /** The error that ended the writing, if there was one. */
  cause?: unknown;
}

/** A CSV file that rows are appended to, and never half a row. */
export class RowFile {
  readonly #file: AppendedFile;
  #size: number;

  /** Takes over a file that was opened to append. */
  constructor(file: AppendedFile, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens a file, mended or new.
   *
   * @throws {RecordingError} If that isn't possible.
   */
  static async open(
    path: string,
    log: (line: string) => void,
  ): Promise<RowFile> {
    try {
      const found = await statOf(path);
      if (found?.isDirectory) {
        throw new RecordingError(path, `"${path}" is a folder, not a file`);
      }
      // Pipes and devices hold no rows to mend.
      if (found?.isFile) await mendCsv(path, log);
      const file = await Deno.open(path, { append: true, create: true });
      return new RowFile(file, (await file.stat()).size);
    } catch (error) {
      throw await openingError(path, error);
    }
  }

  /**
   * Appends rows with one write. Writing is synchronous: it copies bytes into
   * the system's cache in a microsecond, a thirtieth of what handing them to
   * another thread takes.
   *
   * @param bytes Whole rows, one after the other.
   * @param count How many they are.
   * @returns How many of them are in the file.
   */
  append(bytes: Uint8Array, count: number): Appended {
    let written = 0;
    try {
      while (written < bytes.length) {
        written += this.#file.writeSync(bytes.subarray(written));
      }
      this.#size += written;
      return { rows: count };
    } catch (cause) {
      const text = new TextDecoder().decode(bytes.subarray(0, written));
      const whole = text.slice(0, endOfLastRow(text));
      this.#cutOff(written, new TextEncoder().encode(whole).length);
      return { rows: countRows(whole), cause };
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  /**
   * Removes the half of a row that still fitted on the disk. Where it can't (on
   * Windows, for one) the next opening mends the file.
   */
  #cutOff(written: number, whole: number): void {
    try {
      // Another length means that another program appends to the file too.
      if (this.#file.statSync().size !== this.#size + written) return;
      this.#file.truncateSync(this.#size + whole);
    } catch {
      // The error of the write itself is the one that matters.
    }
  }
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function openingError(
  path: string,
  cause: unknown,
): Promise<RecordingError> {
  if (cause instanceof RecordingError) return cause;
  const folder = dirname(path);
  const lost = cause instanceof Deno.errors.NotFound &&
    await statOf(folder) === undefined;
  const message = lost
    ? `Folder "${folder}" of "${path}" does not exist`
    : `Cannot open "${path}": ${reasonOf(cause)}`;
  return new RecordingError(path, message, { cause });
}

function countRows(text: string): number {
  let rows = 0;
  for (let end = 0; (end = endOfRow(text, end)) > 0;) rows++;
  return rows;
}

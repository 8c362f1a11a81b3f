/**
 * A recording could not be written or read: the disk is full, the file is
 * read-only, its folder doesn't exist, a row isn't a reading. The message is
 * complete; `cause` is the system's error, if there was one.
 *
 * @example Recording into a folder that isn't there
 * ```ts
 * import { CsvRecorder, RecordingError } from "./csv.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => CsvRecorder.open("no-such-folder/sensorvalues.csv"),
 *   RecordingError,
 * );
 * assertEquals(error.path, "no-such-folder/sensorvalues.csv");
 * assertEquals(
 *   error.message,
 *   'Folder "no-such-folder" of "no-such-folder/sensorvalues.csv" does not exist',
 * );
 * ```
 */
export class RecordingError extends Error {
  /** The recording's path. */
  readonly path: string;

  /** @ignore */
  constructor(path: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "RecordingError";
    this.path = path;
  }
}

/**
 * What went wrong with a file, in the system's words: `Permission denied (os
 * error 13)`. Deno adds the call and the path, which our messages name already.
 *
 * @param cause What a file's method threw.
 * @returns A clause without a full stop.
 */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/: \w+ '[^]*'$/, "");
}

import {
  CsvRecorder,
  type CsvRecorderOptions,
  RecordingError,
} from "../../lib/csv.ts";
import { UsageError } from "../options/program.ts";

/**
 * Opens the file that the user named.
 *
 * @throws {UsageError} If it can't be written to.
 */
export async function openRecorder(
  file: string,
  options: CsvRecorderOptions,
): Promise<CsvRecorder> {
  try {
    return await CsvRecorder.open(file, options);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

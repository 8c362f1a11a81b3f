import { reasonOf } from "../../lib/recording_error.ts";
import { UsageError } from "./program.ts";

/**
 * Reads a file that an option names.
 *
 * @throws {UsageError} If that isn't possible.
 */
export async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new UsageError(`File "${path}" can't be read: ${reasonOf(error)}`);
  }
}

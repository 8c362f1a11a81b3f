/**
 * A place for a file that a command writes.
 *
 * @module
 */
import { temporaryFolder } from "./temporary_folder.ts";

/** A file's path in a folder of its own; disposing of it removes the folder. */
export interface TemporaryFile extends AsyncDisposable {
  file: string;
}

/** Makes a folder for a file that is still to be written. */
export async function temporaryFile(
  name = "sensorvalues.csv",
): Promise<TemporaryFile> {
  const folder = await temporaryFolder();
  return {
    file: `${folder.path}/${name}`,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

import { reasonOf } from "../../lib/recording_error.ts";
import { writeWhole } from "../options/files.ts";
import { UsageError } from "../options/program.ts";
import { draftOf } from "./page_draft.ts";
import { STANDARD_INPUT } from "./read_report.ts";

/**
 * Fails, before anything is read, where a page mustn't be written.
 *
 * @param page The page's path.
 * @param options The recordings, and whether a page that is there is overwritten.
 * @throws {UsageError} If the page is there, and isn't to be overwritten, or if it is
 *   a folder or one of the recordings.
 */
export async function assertMayWrite(
  page: string,
  { files, force }: { files: readonly string[]; force: boolean },
): Promise<void> {
  if (page === "") {
    throw new UsageError('Option --html is "": it must be a file');
  }
  const old = await statIfThere(page);
  if (old === undefined) return;
  if (old.isDirectory) {
    throw new UsageError(
      `Option --html is "${page}", a folder: it must be a file`,
    );
  }
  for (const file of files) {
    if (file === STANDARD_INPUT) continue;
    const other = await statIfThere(file);
    const isSame = file === page ||
      other?.ino && other.ino === old.ino && other.dev === old.dev;
    if (!isSame) continue;
    throw new UsageError(
      `Option --html is "${page}", a recording to be read: it must be another file`,
    );
  }
  if (force) return;
  throw new UsageError(
    `File "${page}" is there already: --force overwrites it`,
  );
}

/**
 * Writes a page as a whole, or not at all.
 *
 * @throws {UsageError} If its folder isn't there.
 * @throws {Error} If it can't be written for another reason.
 */
export async function writePage(page: string, html: string): Promise<void> {
  try {
    await writeWhole(page, html, draftOf(page));
  } catch (cause) {
    const isMisuse = cause instanceof Deno.errors.NotFound;
    const message = `Page "${page}" can't be written: ${
      isMisuse ? "its folder isn't there" : reasonOf(cause)
    }`;
    throw isMisuse
      ? new UsageError(message, { cause })
      : new Error(message, { cause });
  }
}

async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`"${path}" can't be looked at: ${reasonOf(error)}`);
  }
}

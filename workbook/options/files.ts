/**
 * Files that commands read and write for their user.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
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

/**
 * Writes a file as a whole, or not at all.
 *
 * @param text What it will hold.
 * @param draft Where it is written first, beside it; a name of its own unless given.
 * @throws {Error} If it can't be written.
 */
export async function writeWhole(
  file: string,
  text: string,
  draft: string = join(
    dirname(file),
    `.${basename(file)}.${crypto.randomUUID()}`,
  ),
): Promise<void> {
  try {
    await Deno.writeTextFile(draft, text);
    await Deno.rename(draft, file);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

/**
 * Writes a file that only this user can read. One that is there is replaced.
 *
 * @param file Where; its folder is made if need be.
 */
export async function writePrivateFile(file: URL, text: string): Promise<void> {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await removeFile(file);
  await Deno.writeTextFile(file, text, { mode: 0o600, createNew: true });
}

/** Removes a file, if it is there. */
export async function removeFile(file: URL): Promise<void> {
  await Deno.remove(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/**
 * Fails before hours of work if a file can't be written.
 *
 * @throws {UsageError} If its folder isn't there, or it is a folder itself.
 */
export async function assertWritable(file: string): Promise<void> {
  const fail = (reason: string) => {
    throw new UsageError(`Option --out is "${file}": ${reason}`);
  };
  const folder = await Deno.stat(dirname(file)).catch(() => undefined);
  if (!folder?.isDirectory) fail("its folder isn't there");
  const old = await Deno.stat(file).catch(() => undefined);
  if (file === "" || old?.isDirectory) fail("it must be a file");
}

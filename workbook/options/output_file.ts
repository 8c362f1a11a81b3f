import { basename, dirname, join } from "node:path";

/**
 * Writes a file as a whole, or not at all.
 *
 * @param file The file's path.
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

import { basename, dirname, join } from "node:path";
import { UsageError } from "../options/program.ts";

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

/**
 * Writes a file as a whole, or not at all.
 *
 * @throws {Error} If it can't be written.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const part = join(
    dirname(file),
    `.${basename(file)}.${crypto.randomUUID()}`,
  );
  try {
    await Deno.writeTextFile(part, text);
    await Deno.rename(part, file);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
}

import { dirname } from "node:path";
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

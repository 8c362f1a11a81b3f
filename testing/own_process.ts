/**
 * A process of its own, for what depends on the variables of a process: tests run
 * side by side in one.
 *
 * @module
 */
import { denoFlags } from "./deno_flags.ts";
import { startProcess } from "./processes.ts";

/**
 * Runs a module in a process of its own, which has all permissions.
 *
 * @param text The module's text; it imports by URL.
 * @param variables The variables that it has besides this process's.
 * @returns What it prints.
 * @throws {Error} If it ends with another code than 0; with what it said.
 */
export async function inOwnProcess(
  text: string,
  variables: Record<string, string>,
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, text);
    const args = ["run", "--allow-all", "--no-check", ...denoFlags(), file];
    await using process = startProcess(Deno.execPath(), args, variables);
    const { code, stdout, stderr } = await process.end();
    if (code !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    await Deno.remove(file);
  }
}

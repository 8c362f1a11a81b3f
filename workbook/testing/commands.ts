/**
 * The workbook's commands, run as a user runs them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../../lib/testing/processes.ts";
import { COMMANDS } from "../_commands.ts";

/**
 * Starts a command with its own permissions, without the launcher, so that
 * signals reach it.
 *
 * @param name The command's name.
 * @param args Its arguments.
 * @param variables Variables that it gets besides this process's own.
 * @returns The running command.
 */
export function startCommand(
  name: string,
  args: string[],
  variables: Record<string, string> = {},
): Process {
  const [step] = COMMANDS[name]?.steps(args) ?? [];
  if (step === undefined) throw new Error(`No command is named "${name}"`);
  const flags = denoFlags();
  return startProcess(
    Deno.execPath(),
    [step.subcommand, ...flags, ...step.args],
    {
      MQTT_URL: "",
      MQTT_TRACE: "",
      WORKBOOK_FLAGS: JSON.stringify(flags),
      ...step.variables,
      ...variables,
    },
  );
}

/** Runs a command to its end: see {@linkcode startCommand}. */
export async function runCommand(
  ...args: Parameters<typeof startCommand>
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using command = startCommand(...args);
  return await command.end();
}

/** Flags that make Deno resolve modules as it does for this process. */
export function denoFlags(): string[] {
  const flags = [`--config=${inProject("deno.json")}`];
  if (import.meta.resolve("@std/assert").startsWith("file:")) {
    flags.push(`--import-map=${inProject("workbook/npm_std/import_map.json")}`);
  }
  return flags;
}

function inProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

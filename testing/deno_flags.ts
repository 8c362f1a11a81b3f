/**
 * How tests start Deno for programs of this project.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { launcherFlags } from "../workbook/launcher/launcher_flags.ts";

/** Flags that make Deno resolve modules as it does for this process. */
export function denoFlags(): string[] {
  const given = launcherFlags();
  if (given.length > 0) return given;
  const flags = [`--config=${inProject("deno.json")}`];
  if (import.meta.resolve("@std/assert").startsWith("file:")) {
    flags.push(`--import-map=${inProject("workbook/npm_std/import_map.json")}`);
  }
  return flags;
}

function inProject(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

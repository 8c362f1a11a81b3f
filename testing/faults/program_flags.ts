import { launcherFlags } from "../../workbook/launcher/launcher_flags.ts";

/** Flags that make Deno resolve modules as it does for this process. */
export function programFlags(): string[] {
  return ["--no-prompt", ...launcherFlags()];
}

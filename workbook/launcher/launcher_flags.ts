/**
 * Deno's flags with which the launcher has started this program, so that those
 * that it starts find their modules where it does.
 */
export function launcherFlags(): string[] {
  return JSON.parse(Deno.env.get("WORKBOOK_FLAGS") || "[]");
}

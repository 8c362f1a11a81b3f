/** Flags that make Deno resolve modules as it does for this process. */
export function programFlags(): string[] {
  const flags: string[] = JSON.parse(Deno.env.get("WORKBOOK_FLAGS") || "[]");
  return ["--no-prompt", ...flags];
}

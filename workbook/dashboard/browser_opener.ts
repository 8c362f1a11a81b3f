/** The program that opens a page in the user's browser. */
export const BROWSER_OPENER = Deno.build.os === "windows"
  ? "explorer"
  : Deno.build.os === "darwin"
  ? "open"
  : "xdg-open";

import { assert, assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { openBrowser } from "./open_browser.ts";

Deno.test("openBrowser() goes on where its file can't be made", async () => {
  const occupied = await Deno.makeTempFile();
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => lines.push(line);
  try {
    const file = pathToFileURL(`${occupied}/dashboard.html`);
    await using _browser = await openBrowser("http://127.0.0.1:1/", file);
  } finally {
    console.error = error;
    await Deno.remove(occupied);
  }
  assertEquals(lines.length, 1);
  assert(lines[0]?.startsWith("Browser can't be opened: "), lines[0]);
});

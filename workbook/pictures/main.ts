/**
 * Makes the pictures of the pages anew, from running programs: all, or those whose
 * files are named, such as dashboard.png. It needs tmux and Chromium.
 *
 * Run: deno run --allow-all --import-map=workbook/npm_std/import_map.json workbook/pictures/main.ts [FILE]...
 *
 * @module
 */
import { basename } from "node:path";
import { inProject } from "../launcher/modules.ts";
import { capturePage, launchChromium } from "./capture_page.ts";
import { drawScreen } from "./draw_screen.ts";
import { PAGE_PICTURES, textFile } from "./page_pictures.ts";
import { SCREEN_PICTURES, showTask } from "./screen_pictures.ts";

function isWanted({ file }: { file: string }): boolean {
  return Deno.args.length === 0 || Deno.args.includes(basename(file));
}

for (const picture of SCREEN_PICTURES.filter(isWanted)) {
  const svg = drawScreen(`deno task ${picture.task}`, await showTask(picture));
  const file = inProject(picture.file);
  await Deno.writeTextFile(file, svg);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", file] }).spawn()
    .status;
}

const pages = PAGE_PICTURES.filter(isWanted);
if (pages.length > 0) {
  await using browser = await launchChromium("chromium");
  for (const picture of pages) {
    const { text, png } = await capturePage(browser, picture);
    await Deno.writeFile(inProject(picture.file), png);
    await Deno.writeTextFile(inProject(textFile(picture.file)), `${text}\n`);
  }
}

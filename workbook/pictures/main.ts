/**
 * Makes the pictures of the pages anew, from running programs. It needs tmux.
 *
 * Run: deno run --allow-all --import-map=workbook/npm_std/import_map.json workbook/pictures/main.ts
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { drawScreen } from "./draw_screen.ts";
import { PICTURES, showTask } from "./pictures.ts";

for (const picture of PICTURES) {
  const svg = drawScreen(`deno task ${picture.task}`, await showTask(picture));
  const file = new URL(picture.file, import.meta.url);
  await Deno.writeTextFile(file, svg);
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", fileURLToPath(file)],
  }).spawn().status;
}

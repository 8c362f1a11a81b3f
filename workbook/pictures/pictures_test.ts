import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { peerTest } from "../../testing/peers.ts";
import { inProject } from "../launcher/modules.ts";
import { capturePage, launchChromium } from "./capture_page.ts";
import { drawScreen, readScreen } from "./draw_screen.ts";
import { PAGE_PICTURES, textFile } from "./page_pictures.ts";
import { SCREEN_PICTURES, showTask } from "./screen_pictures.ts";

const LARGEST = { svg: 16_000, png: 200_000 };

/** What stays of a screen from run to run: not the values, nor how wide they are. */
function shapeOf(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replaceAll(/\d+(\.\d+)?/g, "0").replaceAll(/[▁-█]+/g, "▁")
      .replaceAll(/ +/g, " ")
  );
}

for (const picture of SCREEN_PICTURES) {
  const svg = Deno.readTextFileSync(inProject(picture.file));

  Deno.test(`${picture.file} is small, and drawn as pictures are now`, () => {
    assertLess(svg.length, LARGEST.svg);
    const drawn = drawScreen(`deno task ${picture.task}`, readScreen(svg));
    // deno fmt has laid it out.
    const bare = (text: string) => text.replaceAll(/\s/g, "");
    assertEquals(bare(svg), bare(drawn));
  });

  peerTest(
    ["tmux"],
    `${picture.file} shows what "deno task ${picture.task}" shows now`,
    async () => {
      const lines = await showTask(picture);
      assertEquals(shapeOf(readScreen(svg)), shapeOf(lines));
    },
  );
}

for (const { file } of PAGE_PICTURES) {
  Deno.test(`${file} is small`, () => {
    assertLess(Deno.statSync(inProject(file)).size, LARGEST.png);
  });
}

peerTest(
  ["chromium"],
  "pictures of pages show what the pages show now",
  async ({ chromium }, context) => {
    await using browser = await launchChromium(chromium);
    for (const picture of PAGE_PICTURES) {
      await context.step(picture.file, async () => {
        const { text, png } = await capturePage(browser, picture);
        const drawn = await Deno.readTextFile(
          inProject(textFile(picture.file)),
        );
        assertEquals(drawn.replaceAll("\r\n", "\n"), `${text}\n`);
        assertLess(png.length, LARGEST.png);
      });
    }
  },
);

Deno.test("drawScreen() places words by their columns, and keeps the text", () => {
  const lines = ["a <b>  ▁█", "", "c & d"];
  const svg = drawScreen("task", lines);
  assertEquals(readScreen(svg), lines);
  assertStringIncludes(
    svg,
    '<text x="16" y="51" textLength="42">a &lt;b></text>',
  );
  assertEquals(svg.match(/<path/g)?.length, 1);
  // A Korean letter is as wide as two others.
  assertStringIncludes(
    drawScreen("task", ["온도  1"]),
    '<text x="66.4" y="51" textLength="8.4">1</text>',
  );
});

import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { inflateSync } from "node:zlib";
import { peerTest } from "../../testing/peers.ts";
import { inProject } from "../launcher/modules.ts";
import { drawScreen, readScreen } from "./draw_screen.ts";
import { capturePage } from "./capture_page.ts";
import { encodePng } from "./encode_png.ts";
import { launchChromium } from "./launch_chromium.ts";
import { PAGE_PICTURES, textFile } from "./page_pictures.ts";
import { SCREEN_PICTURES, showTask } from "./screen_pictures.ts";

const LARGEST = { svg: 16_000, png: 60_000 };

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
        const { text, pixels } = await capturePage(browser, picture);
        const drawn = await Deno.readTextFile(
          inProject(textFile(picture.file)),
        );
        assertEquals(drawn.replaceAll("\r\n", "\n"), `${text}\n`);
        assertLess(encodePng(pixels).length, LARGEST.png);
      });
    }
  },
);

Deno.test("encodePng() keeps frequent colours, and puts similar ones in place of others", () => {
  // Greens, each in two pixels; and one of its own.
  const greens = Array.from({ length: 64 }, (_, index) => 4 * index);
  const pixels = [...greens, ...greens, 201, 200]
    .flatMap((green) => [1, green, 2, 255]);
  const png = encodePng({ width: 65, height: 2, rgba: new Uint8Array(pixels) });
  const text = Array.from(png, (byte) => String.fromCharCode(byte)).join("");
  const part = (name: string) => {
    const begin = text.indexOf(name);
    const length = new DataView(png.buffer).getUint32(begin - 4);
    return png.subarray(begin + 4, begin + 4 + length);
  };
  assertEquals([...part("IHDR")], [0, 0, 0, 65, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
  const palette = part("PLTE");
  assertEquals(palette.length, 3 * 64);
  const rows = inflateSync(part("IDAT"));
  assertEquals([rows[0], rows[66]], [0, 0]);
  const shown = [...rows.subarray(1, 66), ...rows.subarray(67)]
    .flatMap((place) => [...palette.subarray(3 * place, 3 * place + 3), 255]);
  assertEquals(shown, pixels.with(4 * 128 + 1, 200));
});

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

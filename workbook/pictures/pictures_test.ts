import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { peerTest } from "../../testing/peers.ts";
import { drawScreen, readScreen } from "./draw_screen.ts";
import { PICTURES, showTask } from "./pictures.ts";

const LARGEST = 16_000;

/** What stays of a screen from run to run: not the values, nor how wide they are. */
function shapeOf(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replaceAll(/\d+(\.\d+)?/g, "0").replaceAll(/[▁-█]+/g, "▁")
      .replaceAll(/ +/g, " ")
  );
}

for (const picture of PICTURES) {
  const svg = Deno.readTextFileSync(new URL(picture.file, import.meta.url));

  Deno.test(`${picture.file} is small, and drawn as pictures are now`, () => {
    assertLess(svg.length, LARGEST);
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

Deno.test("drawScreen() places words by their columns, and keeps the text", () => {
  const lines = ["a <b>  ▁█", "", "c & d"];
  const svg = drawScreen("task", lines);
  assertEquals(readScreen(svg), lines);
  assertStringIncludes(
    svg,
    '<text x="16" y="51" textLength="42">a &lt;b></text>',
  );
  assertEquals(svg.match(/<path/g)?.length, 1);
});

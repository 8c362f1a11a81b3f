import type { Browser, Locator, Page } from "npm:playwright-core@1.65.1";
import type { Pixels } from "./encode_png.ts";

/** Wide enough for all of the dashboard's columns. */
const SIZE = { width: 1040, height: 680 };

/** In milliseconds. */
const LONGEST = 60_000;

/** What is to be seen of a page. */
export interface Sight {
  /** What a screen reader reads, without what differs from run to run. */
  text: string;
  /** Makes the picture. */
  pixels(): Promise<Pixels>;
}

/**
 * Opens an empty page in light colours, lets it be led to what is to be seen, and
 * looks at it.
 *
 * @param browser The browser.
 * @param show Leads the page there, and returns the part to look at. What it starts
 *   on the way, it leaves to the stack, which ends it.
 * @param look Is given what is to be seen, while it is.
 */
export async function capturePage<T>(
  browser: Browser,
  show: (page: Page, running: AsyncDisposableStack) => Promise<Locator>,
  look: (sight: Sight) => Promise<T>,
): Promise<T> {
  await using running = new AsyncDisposableStack();
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en",
  });
  running.defer(() => context.close());
  context.setDefaultTimeout(LONGEST);
  const page = await context.newPage();
  const part = await show(page, running);
  return await look({
    text: shapeOf(await part.ariaSnapshot()),
    async pixels() {
      const png = await part.screenshot();
      return await readPixels(await context.newPage(), png);
    },
  });
}

/** What stays of a page's text from run to run. */
function shapeOf(text: string): string {
  return text.replaceAll(/\d+([.,:]\d+)*(e-\d+)?/g, "0");
}

/** Lets a page, which may be any, read a PNG file. */
async function readPixels(page: Page, png: Uint8Array): Promise<Pixels> {
  const { rgba, ...size } = await page.evaluate<
    { width: number; height: number; rgba: string }
  >(`(async () => {
    const file = await fetch("data:image/png;base64,${png.toBase64()}");
    const image = await createImageBitmap(await file.blob());
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, width, height);
    return { width, height, rgba: new Uint8Array(data.buffer).toBase64() };
  })()`);
  return { ...size, rgba: Uint8Array.fromBase64(rgba) };
}

import type { Browser, Locator, Page } from "npm:playwright-core@1.65.1";
import type { Pixels } from "./encode_png.ts";

/** The usual window: what is outside of it isn't in the picture. */
const SIZE = { width: 1180, height: 716 };
/** What is seen around a part of a page, in pixels. */
const MARGIN = 12;

type Size = Record<"width" | "height", number>;
type Box = Size & Record<"x" | "y", number>;

/** A number, a time, a date, an address; none of it is a name's digit. */
const NUMBER = /(?<![\d\p{L}=]|QoS )\d+([.,:-]\d+)*(e-\d+)?/gu;

/** In milliseconds. */
const LONGEST = 60_000;

/** A page of which a picture is made. */
export interface Shown {
  /**
   * Leads a page to what is to be seen, and returns the part that is. What it
   * starts on the way, it leaves to the stack, which ends it.
   */
  show(page: Page, running: AsyncDisposableStack): Promise<Locator>;
  /** What comes whenever it likes, and so is left out of the text. */
  chance?: RegExp;
}

/** What is to be seen of a page. */
interface Capture {
  /** What a screen reader reads, without what differs from run to run. */
  text: string;
  pixels: Pixels;
}

/** Opens a page in light colours, lets it be led to what is to be seen, and looks. */
export async function capturePage(
  browser: Browser,
  { show, chance }: Shown,
): Promise<Capture> {
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
  const text = await part.ariaSnapshot();
  const box = await part.boundingBox();
  const clip = withMargin(box!, page.viewportSize()!);
  const png = await page.screenshot({ clip });
  return {
    text: shapeOf(chance ? text.replaceAll(chance, "") : text),
    pixels: await readPixels(await context.newPage(), png),
  };
}

/** What stays of a page's text from run to run: no values, nor what their units are. */
function shapeOf(text: string): string {
  return text.replaceAll(NUMBER, "0").replaceAll("0 ms", "0 s")
    .replaceAll(/\b0 gaps?\b/g, "0 gaps");
}

/** A part of the window, and what is around it. */
function withMargin({ x, y, width, height }: Box, window: Size): Box {
  const [left, top] = [x, y].map((place) => Math.max(0, place - MARGIN));
  return {
    x: left!,
    y: top!,
    width: Math.min(window.width, x + width + MARGIN) - left!,
    height: Math.min(window.height, y + height + MARGIN) - top!,
  };
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

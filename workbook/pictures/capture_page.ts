import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  type Browser,
  chromium,
  type Locator,
  type Page,
} from "npm:playwright-core@1.65.1";

/**
 * Starts Chromium without a window.
 *
 * @param command The command that starts it.
 * @throws {Error} If it doesn't start within 30 s.
 */
export function launchChromium(command: string): Promise<Browser> {
  return chromium.launch({
    executablePath: findOnPath(command),
    // Chromium's sandbox doesn't work for root, nor in many containers. What it
    // is shown here is our own.
    chromiumSandbox: false,
    timeout: 30_000,
  });
}

/** Finds a command as a shell does: playwright wants to know its path. */
function findOnPath(command: string): string {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const paths = folders.map((folder) => join(folder, command));
  return paths.find((path) => existsSync(path)) ?? command;
}

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
  /** The picture, as a PNG file. */
  png: Uint8Array;
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
  return {
    text: shapeOf(chance ? text.replaceAll(chance, "") : text),
    png: await page.screenshot({ clip }),
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

/**
 * Debian's Chromium, driven by a test.
 *
 * @module
 */
import axe from "npm:axe-core@4.14.1";
import type { BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import { launchChromium } from "../../workbook/pictures/capture_page.ts";
import { within } from "../deadline.ts";

/** A page in a browser. */
export interface OpenPage extends AsyncDisposable {
  /** The page, with playwright's way to see and to use it. */
  page: Page;
  /** What its console and its uncaught errors have complained of so far. */
  complaints: string[];
  /**
   * Waits until a JavaScript expression has a value that is true, and returns
   * it. (playwright's `waitForFunction` calls `eval` in the page, which a strict
   * content security policy forbids.)
   */
  until<T>(expression: string): Promise<T>;
  /** What hinders who can't see it well, says axe: the rules with the first places. */
  violations(): Promise<[rule: string, place: string][]>;
}

/** A browser. Disposing of it closes its pages. */
interface TestBrowser extends AsyncDisposable {
  /** Opens an address in a page with its own window, colours and so on. */
  open(url: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/**
 * Starts Chromium without a window. Each wait for something on a page ends
 * after 30 s.
 */
export async function startBrowser(command: string): Promise<TestBrowser> {
  const browser = await launchChromium(command);
  return {
    async open(url, options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        const isComplaint = ["error", "warning"].includes(message.type());
        if (isComplaint) complaints.push(message.text());
      });
      page.on("pageerror", ({ message }) => complaints.push(message));
      await page.goto(url);
      return {
        page,
        complaints,
        until: <T>(expression: string) =>
          within(
            `${expression} in the page`,
            page.evaluate<T>(`new Promise((resolve) => {
              const look = () => {
                const value = ${expression};
                if (value) resolve(value);
                else requestAnimationFrame(look);
              };
              look();
            })`),
            30_000,
          ),
        async violations() {
          await page.evaluate(axe.source);
          return await page.evaluate(`axe.run().then(({ violations }) =>
            violations.map(({ id, nodes }) => [id, nodes[0].html]))`);
        },
        [Symbol.asyncDispose]: () =>
          within("the page to close", context.close()),
      };
    },
    [Symbol.asyncDispose]: () => within("Chromium to close", browser.close()),
  };
}

import { assertEquals } from "@std/assert";
import type { BrowserContextOptions } from "npm:playwright-core@1.65.1";
import { publishMany, startBroker } from "../../lib/mod.ts";
import {
  type DashboardOptions,
  openDashboard,
} from "../../workbook/dashboard/dashboard.ts";
import { type Peer, peerTest } from "../peers.ts";
import { type OpenPage, startBrowser } from "./browser.ts";

/** How a dashboard and its page are opened. */
interface Setting {
  /** Peers that the test needs besides the browser. */
  peers?: Peer[];
  /** Starts the broker; the embedded one unless told otherwise. */
  startBroker?: () => Promise<AsyncDisposable & { url: string }>;
  /** What the dashboard is opened with besides. */
  dashboard?: Partial<DashboardOptions>;
  /** How the browser looks at it: its language, its colours and so on. */
  look?: BrowserContextOptions;
}

/** The dashboard's page, in a browser. */
export interface ShownPage extends OpenPage {
  broker: string;
  /** Publishes messages with QoS 1, in this order. */
  publish(
    messages: [topic: string, payload: string | Uint8Array][],
    options?: { retain: boolean },
  ): Promise<void>;
  /** Chooses what stands beside the tree. */
  choose(tab: string): Promise<void>;
}

type Run = (shown: ShownPage) => Promise<void>;

/**
 * Tests a part of the dashboard's page in Chromium, and that nothing is complained of
 * there. The tests, by their names, share a browser, whose start costs more than they
 * do; each has a broker, a dashboard and a page of its own.
 *
 * @param tests What they do, and how the page is opened where that is special.
 * @param setting How it is opened for all.
 */
export function shownPageTests(
  name: string,
  tests: Record<string, Run | (Omit<Setting, "peers"> & { run: Run })>,
  { peers = [], ...setting }: Setting = {},
): void {
  peerTest(["chromium", ...peers], name, async ({ chromium }, context) => {
    await using browser = await startBrowser(chromium);
    for (const [name, test] of Object.entries(tests)) {
      const own = typeof test === "function" ? { run: test } : test;
      await context.step(name, () => show(browser, { ...setting, ...own }));
    }
  });
}

async function show(
  browser: Awaited<ReturnType<typeof startBrowser>>,
  { run, dashboard: options, look, ...setting }: Setting & { run: Run },
): Promise<void> {
  await using broker = await (setting.startBroker ?? startEmbedded)();
  await using dashboard = await openDashboard({
    ...{ broker: broker.url, filters: ["#"], port: 0 },
    connection: { log: () => {} },
    ...options,
  });
  await using open = await browser.open(dashboard.url, {
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    ...look,
  });
  await run({
    ...open,
    broker: broker.url,
    publish: (messages, { retain } = { retain: false }) =>
      publishMany(
        broker.url,
        messages.map(([topic, payload]) => ({
          topic,
          payload,
          qos: 1,
          retain,
        })),
      ),
    choose: (tab) => open.page.getByRole("tab", { name: tab }).click(),
  });
  assertEquals(open.complaints, []);
}

function startEmbedded() {
  return startBroker({ port: 0 });
}

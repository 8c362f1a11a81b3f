import { assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openDashboard } from "../../workbook/dashboard/dashboard.ts";
import { openClient } from "../clients/clients.ts";
import { peerTest } from "../peers.ts";
import { type OpenPage, startBrowser } from "./browser.ts";

/** The dashboard's page of an embedded broker, in a browser. */
export interface ShownPage extends OpenPage {
  /** Publishes messages with QoS 1, one after the other. */
  publish(messages: [topic: string, payload: string][]): Promise<void>;
}

type Run = (shown: ShownPage) => Promise<void>;

/**
 * Tests a part of the dashboard's page in Chromium, and that nothing is complained of
 * there. The tests, by their names, share a browser, whose start costs more than they
 * do; each has a broker, a dashboard and a page of its own.
 */
export function shownPageTests(name: string, tests: Record<string, Run>): void {
  peerTest(["chromium"], name, async ({ chromium }, context) => {
    await using browser = await startBrowser(chromium);
    for (const [name, run] of Object.entries(tests)) {
      await context.step(name, () => show(browser, run));
    }
  });
}

async function show(
  browser: Awaited<ReturnType<typeof startBrowser>>,
  run: Run,
): Promise<void> {
  await using broker = await startBroker({ port: 0 });
  await using client = await openClient(broker.url);
  await using dashboard = await openDashboard({
    ...{ broker: broker.url, filters: ["#"], port: 0 },
    connection: { log: () => {} },
  });
  await using open = await browser.open(dashboard.url, {
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
  });
  const publish: ShownPage["publish"] = async (messages) => {
    for (const [topic, payload] of messages) {
      await client.publish(topic, payload, { qos: 1 });
    }
  };
  await run({ ...open, publish });
  assertEquals(open.complaints, []);
}

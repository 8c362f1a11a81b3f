/**
 * The dashboard's page as its user sees it, in Chromium.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import { readReadings } from "../../lib/csv.ts";
import {
  connect,
  publishMany,
  publishOnce,
  startBroker,
} from "../../lib/mod.ts";
import { printableLines } from "../../lib/printable.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { type OpenPage, startBrowser } from "../../testing/project/browser.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import type { BrowserContextOptions } from "npm:playwright-core@1.65.1";
import { startFourSensors } from "../main_job/four_sensors.ts";
import { openDashboard } from "./dashboard.ts";

type Show = (options?: BrowserContextOptions) => Promise<
  OpenPage & { tab(name: string): Promise<void> }
>;

type Run = (url: string, show: Show) => Promise<void>;

const STEPS: [name: string, run: Run][] = [];

/** A test on the embedded broker, and on mosquitto in both versions of MQTT. */
function pageTest(name: string, run: Run): void {
  STEPS.push([name, run]);
}

/** Runs all of them in one browser, each with a dashboard of its own. */
async function runSteps(
  context: Deno.TestContext,
  { chromium, startAny, protocolVersion }: {
    chromium: string;
    startAny: () => Promise<AsyncDisposable & { url: string }>;
    protocolVersion: 4 | 5;
  },
): Promise<void> {
  await using browser = await startBrowser(chromium);
  for (const [name, run] of STEPS) {
    await context.step(name, async () => {
      await using broker = await startAny();
      await using dashboard = await openDashboard({
        ...{ broker: broker.url, filters: ["#"], port: 0 },
        connection: { protocolVersion, log: () => {} },
      });
      await run(broker.url, async (options) => {
        const open = await browser.open(dashboard.url, {
          acceptDownloads: true,
          ...options,
        });
        return {
          ...open,
          tab: (name) => open.page.getByRole("tab", { name }).click(),
        };
      });
    });
  }
}

pageTest(
  "the page shows the four sensors as a tree and as charts",
  async (url, show) => {
    await using client = await connect(url, { log: () => {} });
    await using _sensors = await startFourSensors(client, {
      speed: 20,
      qos: 1,
    });
    await using page = await show();
    for (const level of ["iot", "user1", "temp", "humi", "illu", "dust"]) {
      await page.page.getByRole("treeitem", { name: level }).first().waitFor();
    }
    await page.tab("Charts");
    const table = page.page.getByRole("region", { name: "Values in the time" });
    for (const name of ["temp", "humi", "illu", "dust"]) {
      const row = table.getByRole("row", { name: `iot/user1/${name}` });
      // A number has been read from each.
      await row.filter({ hasText: /\d+\.\d+/ }).waitFor();
    }
    const chart = page.page.getByRole("img", { name: "iot/user1/temp: last" });
    await chart.waitFor();
    assertEquals(page.complaints, []);
  },
);

pageTest(
  "the page charts numbers in JSON, several in one chart, and saves them as CSV",
  async (url, show) => {
    await using page = await show();
    const sent = [1, 2.5, -3];
    await publishMany(
      url,
      sent.flatMap((value) => [
        { topic: "iot/json", payload: JSON.stringify({ value, unit: "°C" }) },
        { topic: "iot/plain", payload: String(value * 10) },
      ]),
    );
    await page.page.getByRole("treeitem", { name: "json" }).click();
    await page.page.getByRole("button", { name: "Chart $.value" }).click();
    await page.tab("Charts");
    const form = page.page.locator("form.chart-form");
    const table = page.page.getByRole("region", { name: "Values in the time" });
    await table.getByRole("row", { name: "iot/json $.value" }).waitFor();
    if (await table.getByRole("row", { name: "iot/plain" }).count() === 0) {
      await form.getByLabel("Topic").fill("iot/plain");
      await form.getByRole("button", { name: "Add to the chart" }).click();
    }
    await table.getByRole("row", { name: /iot\/json.* -3 / }).waitFor();
    await table.getByRole("row", { name: /iot\/plain.* -30 / }).waitFor();
    assertEquals(await page.page.getByRole("img", { name: "iot/" }).count(), 1);
    const [download] = await Promise.all([
      page.page.waitForEvent("download"),
      page.page.getByRole("button", { name: "Save as CSV" }).click(),
    ]);
    await using place = await temporaryFile("saved.csv");
    await download.saveAs(place.file);
    const rows: [string, number][] = [];
    for await (const { topic, value, time } of readReadings(place.file)) {
      assert(Math.abs(time.getTime() - Date.now()) < 3_600_000);
      rows.push([topic, value]);
    }
    const saved = (topic: string) =>
      rows.filter((row) => row[0] === topic).map((row) => row[1]);
    assertEquals(saved("iot/json $.value"), sent);
    assertEquals(saved("iot/plain"), sent.map((value) => value * 10));
    assertEquals(page.complaints, []);
  },
);

pageTest(
  "the page publishes, and clears what is retained after a question",
  async (url, show) => {
    await using page = await show();
    await page.tab("Publish");
    await page.page.getByLabel("Topic", { exact: true }).fill("iot/lamp");
    await page.page.getByLabel("Payload").fill("on");
    await page.page.getByLabel("Retain").check();
    const panel = page.page.getByRole("tabpanel");
    await panel.getByRole("button", { name: "Publish", exact: true }).click();
    await panel.getByText("Published", { exact: true }).first().waitFor();
    await page.page.getByRole("treeitem", { name: "lamp" }).click();
    await page.page.getByRole("button", { name: "Clear retained" }).click();
    const dialog = page.page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.page.getByRole("button", { name: "Clear retained" }).click();
    await dialog.getByRole("button", { name: "Clear retained" }).click();
    await page.page.getByRole("button", { name: "Clear retained" })
      .waitFor({ state: "detached" });
    // Who subscribes now gets nothing that is retained.
    const kept: string[] = [];
    await using client = await connect(url);
    client.on("message", (topic) => kept.push(topic));
    await client.subscribeAsync("iot/lamp");
    await publishOnce(url, { topic: "iot/lamp", payload: "end" });
    while (kept.length === 0) {
      await new Promise((resolve) => client.once("message", resolve));
    }
    assertEquals(kept, ["iot/lamp"]);
    assertEquals(page.complaints, []);
  },
);

pageTest(
  "the page draws the packets of a QoS 2 exchange in their order",
  async (_url, show) => {
    await using page = await show();
    await page.tab("Packets");
    await page.page.getByRole("button", { name: "QoS 2" }).click();
    const packets = page.page.locator("g.packet");
    await packets.filter({ hasText: "PUBCOMP" }).first().waitFor();
    const titles = await packets.locator("title").allTextContents();
    const own = titles.filter((title) => /PUB/.test(title));
    const [, id] = /PUBCOMP\s+id (\d+)/.exec(own.join("\n"))!;
    const exchange = own.filter((title) => title.includes(`id ${id}`))
      .map((title) => /PUB[A-Z]+/.exec(title)![0]);
    assertEquals(exchange.slice(0, 4), [
      "PUBLISH",
      "PUBREC",
      "PUBREL",
      "PUBCOMP",
    ]);
    assertEquals(page.complaints, []);
  },
);

pageTest(
  "the page has nothing that hinders who can't see it",
  async (url, show) => {
    await using client = await connect(url, { log: () => {} });
    await using _sensors = await startFourSensors(client, {
      speed: 20,
      qos: 1,
    });
    for (const colorScheme of ["light", "dark"] as const) {
      await using page = await show({ colorScheme });
      await page.page.evaluate(axe.source);
      await page.page.getByRole("treeitem", { name: "temp" }).click();
      await page.page.getByRole("heading", { name: "History" }).waitFor();
      for (const tab of await page.page.getByRole("tab").all()) {
        await tab.click();
        const violations = await page.page.evaluate<[string, string][]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
            [id, nodes[0].html]))`,
        );
        const name = await tab.innerText();
        assertEquals(violations, [], `${name}, ${colorScheme}`);
      }
      assertEquals(page.complaints, []);
    }
  },
);

peerTest(
  ["chromium"],
  "the page works over the embedded broker",
  ({ chromium }, context) =>
    runSteps(context, {
      chromium,
      startAny: () => startBroker({ port: 0 }),
      protocolVersion: 5,
    }),
);

for (const protocolVersion of [4, 5] as const) {
  peerTest(
    ["chromium", "mosquitto"],
    `the page works over mosquitto in version ${protocolVersion}`,
    ({ chromium }, context) =>
      runSteps(context, {
        chromium,
        startAny: startMosquitto,
        protocolVersion,
      }),
  );
}

peerTest(
  ["chromium", "mosquitto"],
  "the page is live again when the broker is, and shows the gap",
  async ({ chromium }) => {
    await using mosquitto = await startMosquitto();
    await using browser = await startBrowser(chromium);
    await using dashboard = await openDashboard({
      ...{ broker: mosquitto.url, filters: ["#"], port: 0 },
      connection: { log: () => {}, retryDelay: [0.1, 0.2] },
    });
    await using page = await browser.open(dashboard.url);
    const row = page.page.getByRole("treeitem", { name: "temp" });
    await publishOnce(mosquitto.url, { topic: "temp", payload: "1" });
    await row.waitFor();
    await mosquitto.stop();
    await page.page.getByText("Not connected since").waitFor();
    await mosquitto.start();
    await page.page.getByText("Connected since").waitFor();
    await page.page.getByText("may be missing").first().waitFor();
    await publishOnce(mosquitto.url, { topic: "temp", payload: "3" });
    await row.filter({ hasText: "3" }).waitFor();
    assertEquals(page.complaints, []);
  },
);

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "\x1b[2J\x07",
  "\u202eevil\u2066",
  "__proto__",
  "constructor",
];

peerTest(
  ["chromium"],
  "the page shows strangers' topics and payloads as text only",
  async ({ chromium }) => {
    await using broker = await startBroker({ port: 0 });
    await using browser = await startBrowser(chromium);
    await using dashboard = await openDashboard({
      ...{ broker: broker.url, filters: ["#"], port: 0 },
      connection: { log: () => {} },
    });
    await using page = await browser.open(dashboard.url);
    // The broker takes no topics with control characters, so payloads have them.
    const messages = HOSTILE.map((payload, index) => ({
      topic: `t/${/^[\w<>= ()/]+$/.test(payload) ? payload : index}`,
      payload,
    }));
    const odd = [
      { topic: "t/invalid", payload: new Uint8Array([0xff, 0xfe, 0x31]) },
      {
        topic: "t/large",
        payload: new Uint8Array(1024 * 1024 - 1024).fill(65),
      },
      { topic: "t/json", payload: '{"__proto__": {"x": 1}, "a": [[[[[1]]]]]}' },
    ];
    await publishMany(broker.url, [...messages, ...odd]);
    const rows = page.page.getByRole("treeitem");
    await rows.filter({ hasText: "json" }).waitFor();
    for (
      const name of ["invalid", "large", "json", "0", "1", "2", "__proto__"]
    ) {
      const row = rows.filter({ hasText: name }).first();
      if (await row.count() === 0) continue;
      await row.click();
      await page.page.getByRole("heading", { level: 2 }).waitFor();
    }
    const text = await page.page.locator("body").innerText();
    const cells = text.replaceAll("\t", " ");
    assertEquals(printableLines(cells), cells);
    assertEquals(await page.page.locator("img").count(), 0);
    assertEquals(page.complaints, []);
  },
);

/**
 * The dashboard's page as its user sees it, in Chromium.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import { readReadings } from "../../lib/csv.ts";
import { connect, publishOnce } from "../../lib/mod.ts";
import { printableLines } from "../../lib/printable.ts";
import {
  type Mosquitto,
  startMosquitto,
} from "../../testing/brokers/mosquitto.ts";
import {
  type ShownPage,
  shownPageTests,
} from "../../testing/project/shown_page.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";

/** Tests on the embedded broker, and on mosquitto in both versions of MQTT. */
const TESTS: Record<string, (shown: ShownPage) => Promise<void>> = {
  "shows the four sensors as a tree and as charts": async (
    { broker, page, choose },
  ) => {
    await using client = await connect(broker, { log: () => {} });
    await using _sensors = await startFourSensors(client, {
      speed: 20,
      qos: 1,
    });
    for (const level of ["iot", "user1", "temp", "humi", "illu", "dust"]) {
      await page.getByRole("treeitem", { name: level }).first().waitFor();
    }
    await choose("Charts");
    const table = page.getByRole("region", { name: "Values in the time" });
    for (const name of ["temp", "humi", "illu", "dust"]) {
      const row = table.getByRole("row", { name: `iot/user1/${name}` });
      // A number has been read from each.
      await row.filter({ hasText: /\d+\.\d+/ }).waitFor();
    }
    const chart = page.getByRole("img", { name: "iot/user1/temp: last" });
    await chart.waitFor();
  },
  "charts numbers in JSON, several in one chart, and saves them as CSV": async (
    { page, publish, choose },
  ) => {
    const sent = [1, 2.5, -3];
    await publish(sent.flatMap((value) => [
      ["iot/json", JSON.stringify({ value, unit: "°C" })],
      ["iot/plain", String(value * 10)],
    ]));
    await page.getByRole("treeitem", { name: "json" }).click();
    await page.getByRole("button", { name: "Chart $.value" }).click();
    await choose("Charts");
    const form = page.locator("form.chart-form");
    const table = page.getByRole("region", { name: "Values in the time" });
    await table.getByRole("row", { name: "iot/json $.value" }).waitFor();
    if (await table.getByRole("row", { name: "iot/plain" }).count() === 0) {
      await form.getByLabel("Topic").fill("iot/plain");
      await form.getByRole("button", { name: "Add to the chart" }).click();
    }
    await table.getByRole("row", { name: /iot\/json.* -3 / }).waitFor();
    await table.getByRole("row", { name: /iot\/plain.* -30 / }).waitFor();
    assertEquals(await page.getByRole("img", { name: "iot/" }).count(), 1);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as CSV" }).click(),
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
  },
  "publishes, and clears what is retained after a question": async (
    { broker, page, choose },
  ) => {
    await choose("Publish");
    await page.getByLabel("Topic", { exact: true }).fill("iot/lamp");
    await page.getByLabel("Payload").fill("on");
    await page.getByLabel("Retain").check();
    const panel = page.getByRole("tabpanel");
    await panel.getByRole("button", { name: "Publish", exact: true }).click();
    await panel.getByText("Published", { exact: true }).first().waitFor();
    await page.getByRole("treeitem", { name: "lamp" }).click();
    await page.getByRole("button", { name: "Clear retained" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Clear retained" }).click();
    await dialog.getByRole("button", { name: "Clear retained" }).click();
    await page.getByRole("button", { name: "Clear retained" })
      .waitFor({ state: "detached" });
    // Who subscribes now gets nothing that is retained.
    const kept: string[] = [];
    await using client = await connect(broker);
    client.on("message", (topic) => kept.push(topic));
    await client.subscribeAsync("iot/lamp");
    await publishOnce(broker, { topic: "iot/lamp", payload: "end" });
    while (kept.length === 0) {
      await new Promise((resolve) => client.once("message", resolve));
    }
    assertEquals(kept, ["iot/lamp"]);
  },
  "draws the packets of a QoS 2 exchange in their order": async (
    { page, choose },
  ) => {
    await choose("Packets");
    await page.getByRole("button", { name: "QoS 2" }).click();
    const packets = page.locator("g.packet");
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
  },
};

/** Tests of what is the same over any broker. */
const LOOKS: typeof TESTS = {
  "has nothing that hinders who can't see it": async ({ broker, page }) => {
    await using client = await connect(broker, { log: () => {} });
    await using _sensors = await startFourSensors(client, {
      speed: 20,
      qos: 1,
    });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await page.evaluate(axe.source);
      await page.getByRole("treeitem", { name: "temp" }).click();
      await page.getByRole("heading", { name: "History" }).waitFor();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        const violations = await page.evaluate<[string, string][]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
            [id, nodes[0].html]))`,
        );
        const name = await tab.innerText();
        assertEquals(violations, [], `${name}, ${colorScheme}`);
      }
    }
  },
};

shownPageTests("the page works over the embedded broker", {
  ...TESTS,
  ...LOOKS,
});

for (const protocolVersion of [4, 5] as const) {
  shownPageTests(
    `the page works over mosquitto in version ${protocolVersion}`,
    TESTS,
    {
      peers: ["mosquitto"],
      startBroker: startMosquitto,
      dashboard: { connection: { protocolVersion, log: () => {} } },
    },
  );
}

let mosquitto: Mosquitto;

shownPageTests("the page outlives its broker", {
  "is live again when the broker is, and shows the gap": async (
    { page, publish },
  ) => {
    const row = page.getByRole("treeitem", { name: "temp" });
    await publish([["temp", "1"]]);
    await row.waitFor();
    await mosquitto.stop();
    await page.getByText("Not connected since").waitFor();
    await mosquitto.start();
    await page.getByText("Connected since").waitFor();
    await page.getByText("may be missing").first().waitFor();
    await publish([["temp", "3"]]);
    await row.filter({ hasText: "3" }).waitFor();
  },
}, {
  peers: ["mosquitto"],
  startBroker: async () => mosquitto = await startMosquitto(),
  dashboard: { connection: { log: () => {}, retryDelay: [0.1, 0.2] } },
});

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "\x1b[2J\x07",
  "\u202eevil\u2066",
  "__proto__",
  "constructor",
];

shownPageTests("the page of strangers' messages", {
  "shows topics and payloads as text only": async ({ page, publish }) => {
    // The broker takes no topics with control characters, so payloads have them.
    await publish(HOSTILE.map((payload, index) => [
      `t/${/^[\w<>= ()/]+$/.test(payload) ? payload : index}`,
      payload,
    ]));
    await publish([
      ["t/invalid", new Uint8Array([0xff, 0xfe, 0x31])],
      ["t/large", new Uint8Array(1024 * 1024 - 1024).fill(65)],
      ["t/json", '{"__proto__": {"x": 1}, "a": [[[[[1]]]]]}'],
    ]);
    const rows = page.getByRole("treeitem");
    await rows.filter({ hasText: "json" }).waitFor();
    for (
      const name of ["invalid", "large", "json", "0", "1", "2", "__proto__"]
    ) {
      const row = rows.filter({ hasText: name }).first();
      if (await row.count() === 0) continue;
      await row.click();
      await page.getByRole("heading", { level: 2 }).waitFor();
    }
    const text = await page.locator("body").innerText();
    const cells = text.replaceAll("\t", " ");
    assertEquals(printableLines(cells), cells);
    assertEquals(await page.locator("img").count(), 0);
  },
});

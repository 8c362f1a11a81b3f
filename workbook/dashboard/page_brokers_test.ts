/**
 * The dashboard's page over each broker, in Chromium: from the sensors to the broker and
 * to the page, and from the page back.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { connect } from "../../lib/mod.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import {
  type ShownPage,
  shownPageTests,
} from "../../testing/project/shown_page.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";

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
    await page.getByRole("img", { name: "iot/user1/temp: last" }).waitFor();
  },
  "publishes, shows what comes back, and clears what is retained": async (
    { page, choose },
  ) => {
    await choose("Publish");
    await page.getByLabel("Topic", { exact: true }).fill("iot/lamp");
    await page.getByLabel("Payload").fill("on");
    await page.getByLabel("Retain").check();
    const panel = page.getByRole("tabpanel");
    await panel.getByRole("button", { name: "Publish", exact: true }).click();
    await panel.getByText("Published", { exact: true }).first().waitFor();
    await page.getByRole("treeitem", { name: "lamp" }).click();
    const clear = page.getByRole("button", { name: "Clear retained" });
    await clear.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Clear retained" }).click();
    await clear.waitFor({ state: "detached" });
  },
  "draws the packets of a QoS 2 exchange in their order": async (
    { page, choose },
  ) => {
    await choose("Packets");
    await page.getByRole("button", { name: "QoS 2" }).click();
    const packets = page.locator("g.packet");
    await packets.filter({ hasText: "PUBCOMP" }).first().waitFor();
    const titles = await packets.locator("title").allTextContents();
    const [, id] = /PUBCOMP\s+id (\d+)/.exec(titles.join("\n"))!;
    const exchange = titles.filter((title) => title.includes(`id ${id}`))
      .flatMap((title) => /PUB[A-Z]+/.exec(title)?.[0] ?? []);
    const expected = ["PUBLISH", "PUBREC", "PUBREL", "PUBCOMP"];
    assertEquals(exchange.slice(0, 4), expected);
  },
};

shownPageTests("the page works over the embedded broker", TESTS);

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

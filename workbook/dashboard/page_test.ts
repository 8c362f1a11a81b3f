/**
 * The dashboard's page as its user sees it, in Chromium. What charts do is in
 * `page/charts_view_test.ts`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { connect, publishOnce, startBroker } from "../../lib/mod.ts";
import { printableLines } from "../../lib/printable.ts";
import {
  type Mosquitto,
  startMosquitto,
} from "../../testing/brokers/mosquitto.ts";
import { shownPageTests } from "../../testing/project/shown_page.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";

/** The text of the row that has the focus. */
const FOCUS = `document.activeElement.querySelector(".level")?.textContent`;
/** How many arrows are drawn. */
const ARROWS = `document.querySelectorAll(".packet").length`;

shownPageTests("the page shows a broker", {
  "draws the rows in sight of 3,000 topics, and moves by keys": async (
    { page, until, publish },
  ) => {
    const topics = Array.from({ length: 3000 }, (_, index) => `many/t${index}`);
    await publish(topics.map((topic) => [topic, "1"]));
    await page.getByText("Topics: 3,000").waitFor();
    const many = page.getByRole("treeitem", { name: "many" });
    assertEquals(await many.getAttribute("aria-expanded"), "false");
    await many.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await until(`${FOCUS} === "t0"`);
    await page.keyboard.press("End");
    await until(`${FOCUS} === "t2999"`);
    const [position, size, level] = await page.evaluate<string[]>(
      `["posinset", "setsize", "level"].map((name) =>
      document.activeElement.getAttribute("aria-" + name))`,
    );
    assertEquals([position, size, level], ["3000", "3000", "2"]);
    assert(await page.getByRole("treeitem").count() < 100);
    // The row that has the focus stays, even if it is scrolled out of sight.
    await page.evaluate(`document.querySelector("[role=tree]").scrollTop = 0`);
    await page.getByRole("treeitem", { name: "t1 " }).first().waitFor();
    assertEquals(await page.evaluate(FOCUS), "t2999");
    await page.keyboard.type("t15");
    await until(`${FOCUS} === "t15"`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "many/t15" }).waitFor();
    // Who has gone on to something else stays there, whatever comes.
    await page.getByRole("searchbox").focus();
    await publish([["another", "1"]]);
    await page.getByText("Topics: 3,001").waitFor();
    assertEquals(await page.evaluate("document.activeElement.type"), "search");
    await page.locator("[role=treeitem][tabindex='0']").focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await until(`document.querySelectorAll("[role=treeitem]").length === 2`);
    assertEquals(await page.evaluate(FOCUS), "many");
  },
  "finds topics by a part of them and by a filter": async (
    { page, until, publish },
  ) => {
    await publish([
      ["home/a/temp", "1"],
      ["home/b/temp", "2"],
      ["home/b/lamp", "on"],
    ]);
    await page.getByText("Topics: 3").waitFor();
    const shown = (count: number) =>
      until(`document.querySelectorAll("[role=treeitem]").length === ${count}`);
    await shown(6);
    await page.getByRole("searchbox").fill("LAMP");
    await shown(3);
    await page.getByRole("searchbox").fill("home/+/temp");
    await shown(5);
    await page.getByRole("searchbox").fill("nothing");
    await page.getByText("No topic matches").waitFor();
  },
  "sorts by rate, and tells what came on a level and below": async (
    { page, until, publish },
  ) => {
    await publish([["a/slow", "1"]]);
    await page.getByLabel("Sort by").selectOption("rate");
    await until(
      `document.querySelector("[role=treeitem] .rate")?.textContent === "0/s"`,
    );
    await publish([["b/fast", "1"], ["b/faster", "2"]]);
    await until(
      `document.querySelector("[role=treeitem] .level")?.textContent === "b"`,
    );
    assertEquals(
      await page.locator("[role=treeitem] .count").first().textContent(),
      "2",
    );
  },
  "shows what strangers publish as text, bytes and JSON": async (
    { page, publish },
  ) => {
    // The broker takes no topics with control characters, so payloads have them.
    await publish([
      ["<img>", "<img src=x onerror=alert(1)>\u202e"],
      ["__proto__", "\x1b[2J\x07\u202eevil\u2066"],
      ["bytes", new Uint8Array([0xff, 0x00])],
      [
        "json",
        '{"__proto__":{"x":1},"big":12345678901234567890,"\u202e":"\\u001b"}',
      ],
      ["large", new Uint8Array(1024 * 1024 - 1024).fill(65)],
    ], { retain: true });
    const panel = page.getByRole("tabpanel");
    const open = async (topic: string) => {
      const name = new RegExp(`^${topic} `);
      await page.getByRole("treeitem", { name }).click();
      await page.getByRole("heading", { level: 2, name: topic }).waitFor();
      const text = await page.locator("body").innerText();
      const cells = text.replaceAll("\t", " ");
      assertEquals(printableLines(cells), cells);
      assertEquals(await page.locator("img").count(), 0);
    };
    await open("large");
    await open("__proto__");
    await open("<img>");
    await panel.getByText("<img src=x onerror=alert(1)>\\u202e").first()
      .waitFor();
    await open("bytes");
    await panel.locator("pre", { hasText: "ff 00" }).waitFor();
    await open("json");
    await panel.getByRole("button", { name: "Chart $.__proto__.x" }).click();
    await panel.getByText("12345678901234567890", { exact: true }).waitFor();
    await panel.getByText('"\\u202e":', { exact: true }).waitFor();
    await panel.getByRole("button", { name: "Show charts" }).click();
    await panel.getByText("$.__proto__.x").first().waitFor();
  },
  "clears a retained message, but asks first": async ({ page, publish }) => {
    await publish([["home/lamp", "on"]], { retain: true });
    await page.getByRole("treeitem", { name: "lamp" }).click();
    const clear = page.getByRole("button", { name: "Clear retained message" });
    await clear.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("tabpanel").locator(".mark").waitFor();
    await clear.click();
    await dialog.getByRole("button", { name: "Clear retained message" })
      .click();
    await page.getByText("The payload is empty").waitFor();
    assertEquals(await page.evaluate("document.activeElement.id"), "panel");
    await clear.waitFor({ state: "detached" });
  },
  "publishes, refuses wildcards, and publishes again": async (
    { page, until },
  ) => {
    await page.getByRole("tab", { name: "Charts" }).focus();
    await page.keyboard.press("ArrowRight");
    const topic = page.getByLabel("Topic", { exact: true });
    await topic.fill("home/+");
    await page.keyboard.press("Enter");
    const alert = page.getByRole("alert");
    await alert.getByText("for subscribing only").waitFor();
    assertEquals(await topic.getAttribute("aria-invalid"), "true");
    await topic.fill("home/lamp");
    await page.getByLabel("Payload").fill("on\n");
    await page.getByLabel("QoS").selectOption("2");
    await page.getByLabel("Retain").check();
    await page.getByText("MQTT 5 properties").click();
    await page.getByLabel("Content type").fill("text/plain");
    await page.getByLabel("User properties").fill("from: page");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    const again = page.getByRole("button", { name: "Send again to home/lamp" });
    await again.first().click();
    await page.locator(".sent [data-kind=published]").nth(1).waitFor();
    await page.getByRole("button", { name: "Edit the message" }).first()
      .click();
    await until(`document.activeElement.id === "publish-topic"`);
    // R and 2 are its marks.
    await page.getByRole("treeitem", { name: "lamp R Retained QoS 2" }).click();
    await page.getByText("contentType").waitFor();
    await page.getByRole("cell", { name: "on\\n" }).nth(1).waitFor();
  },
  "remembers large type, and fits on a phone in French": {
    look: { viewport: { width: 390, height: 844 }, locale: "fr-CA" },
    run: async ({ page, until, publish }) => {
      await publish([["maison/température/très/profonde", "21.5"]], {
        retain: true,
      });
      await page.getByRole("switch", { name: "Grands caractères" }).check();
      await page.reload();
      await until(`document.documentElement.matches(".large[lang=fr]")`);
      await page.getByRole("treeitem", { name: "profonde" }).click();
      // The tabs come to stand below the header, however high that is.
      await until(`(({ top }) =>
        top >= document.querySelector("header").offsetHeight &&
        top < innerHeight / 2)(
        document.querySelector("[role=tablist]").getBoundingClientRect())`);
      for (
        const tab of ["Topic", "Graphiques", "Publier", "Paquets", "Topic"]
      ) {
        await page.getByRole("tab", { name: tab }).click();
        const width = await page.evaluate(
          `document.documentElement.scrollWidth`,
        );
        assertEquals(width, 390, tab);
      }
    },
  },
  "asks for the password, and again if it is wrong": {
    dashboard: { password: "right" },
    run: async ({ page }) => {
      await page.getByLabel("password").fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("This password is wrong")
        .waitFor();
      await page.keyboard.type("right");
      await page.keyboard.press("Enter");
      await page.getByText("Connected since").waitFor();
      await page.getByText("No messages yet").waitFor();
    },
  },
  "says which filters the broker has refused": {
    startBroker: () =>
      startBroker({ port: 0, rules: [{ subscribe: ["iot/#"] }] }),
    dashboard: { filters: ["secret/#", "iot/#"] },
    run: async ({ page }) => {
      await page.getByText("Refused by the broker: secret/#").waitFor();
      await page.getByRole("banner").getByText("iot/#", { exact: true })
        .waitFor();
    },
  },
  "says what it doesn't show whole": async (
    { broker, page, until, choose, publish },
  ) => {
    const long = "x".repeat(40_000);
    await publishOnce(broker, {
      topic: "large",
      properties: { userProperties: { a: long, b: long } },
    }, { protocolVersion: 5 });
    await page.getByRole("treeitem", { name: "large" }).click();
    await page.getByText("properties are too long to be kept").waitFor();
    await choose("Packets");
    // Once one is drawn, the server knows that they are wanted.
    await page.getByRole("button", { name: "QoS 0" }).click();
    await until(`${ARROWS} > 0`);
    await publish([["x".repeat(1_001), "1"]]);
    await page.getByText("Texts that end with … are longer").waitFor();
  },
  "draws the packets of an exchange of QoS 2": async (
    { page, until, choose },
  ) => {
    await choose("Packets");
    await page.getByRole("button", { name: "QoS 2" }).click();
    // To the broker, and back from it.
    await until(`${ARROWS} === 8`);
    await page.getByText("QoS 2: received, I won't take it twice.").waitFor();
    await page.getByRole("checkbox", { name: "As a table" }).check();
    const rows = await page.locator(".packet-table tbody tr").all();
    const texts = await Promise.all(rows.map(async (row) => {
      const [, direction, packet] = await row.locator("td, th")
        .allTextContents();
      return `${direction}: ${packet}`.replace(/ \d+/, "");
    }));
    const sent = texts.filter((text) =>
      /^(client.*(PUBLISH|PUBREL)|broker.*(PUBREC|PUBCOMP))/.test(text)
    );
    assertEquals(texts.length, 8);
    assertEquals(sent.toReversed(), [
      "client → broker: PUBLISH · QoS 2",
      "broker → client: PUBREC",
      "client → broker: PUBREL",
      "broker → client: PUBCOMP",
    ]);
  },
  "holds packets, and steps": async ({ page, until, choose, publish }) => {
    await choose("Packets");
    await page.getByRole("button", { name: "QoS 0" }).click();
    await until(`${ARROWS} === 2`);
    await page.getByRole("button", { name: "Hold" }).click();
    await publish([["iot/temp", "1"], ["iot/temp", "2"]]);
    const held = (count: number) =>
      page.getByText(`Packets that have come since: ${count}.`).waitFor();
    // Two of PUBLISH, two of PUBACK.
    await held(4);
    assertEquals(await page.evaluate(ARROWS), 2);
    await page.getByRole("button", { name: "Next packet" }).click();
    await until(`${ARROWS} === 3`);
    await held(3);
    await page.getByRole("button", { name: "Clear" }).click();
    await until(`${ARROWS} === 0`);
    await page.getByRole("button", { name: "Hold" }).click();
    await publish([["iot/temp", "3"]]);
    await until(`${ARROWS} > 0`);
  },
  "has nothing that hinders who can't see it": async (
    { broker, page, violations },
  ) => {
    await using client = await connect(broker, { log: () => {} });
    await using _sensors = await startFourSensors(client, {
      speed: 20,
      qos: 1,
    });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await page.getByRole("treeitem", { name: "temp" }).click();
      await page.getByRole("heading", { name: "History" }).waitFor();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        const name = await tab.innerText();
        assertEquals(await violations(), [], `${name}, ${colorScheme}`);
      }
    }
  },
});

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

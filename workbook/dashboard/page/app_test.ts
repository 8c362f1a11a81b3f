import { assert, assertEquals } from "@std/assert";
import { publishOnce, startBroker } from "../../../lib/mod.ts";
import { shownPageTests } from "../../../testing/project/shown_page.ts";

/** What has the focus: its text, and what it is told as. */
const FOCUS = `document.activeElement.querySelector(".level")?.textContent`;

shownPageTests("App() shows a broker", {
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
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await until(`document.querySelectorAll("[role=treeitem]").length === 1`);
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
    await publish([
      ["<img>", "<img src=x>\u202e"],
      ["bytes", new Uint8Array([0xff, 0x00])],
      [
        "json",
        '{"__proto__":{"x":1},"big":12345678901234567890,"\u202e":"\\u001b"}',
      ],
    ], { retain: true });
    await page.getByRole("treeitem", { name: "<img>" }).click();
    const panel = page.getByRole("tabpanel");
    await panel.getByText("<img src=x>\\u202e").first().waitFor();
    assertEquals(await page.locator("img").count(), 0);
    await page.getByRole("treeitem", { name: "bytes" }).click();
    await panel.locator("pre", { hasText: "ff 00" }).waitFor();
    await page.getByRole("treeitem", { name: "json" }).click();
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
    await clear.waitFor({ state: "detached" });
  },
  "publishes, refuses wildcards, and publishes again": async ({ page }) => {
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
    await page.getByText("MQTT 5 properties").click();
    await page.getByLabel("Content type").fill("text/plain");
    await page.getByLabel("User properties").fill("from: page");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    const again = page.getByRole("button", { name: "Send again to home/lamp" });
    await again.first().click();
    await page.locator(".sent [data-kind=published]").nth(1).waitFor();
    await page.getByRole("treeitem", { name: "lamp" }).click();
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
    { broker, page, choose, publish },
  ) => {
    const long = "x".repeat(40_000);
    await publishOnce(broker, {
      topic: "large",
      properties: { userProperties: { a: long, b: long } },
    }, { protocolVersion: 5 });
    await page.getByRole("treeitem", { name: "large" }).click();
    await page.getByText("properties are too long to be kept").waitFor();
    await choose("Packets");
    await publish([["x".repeat(1_001), "1"]]);
    await page.getByText("Texts that end with … are longer").waitFor();
  },
});

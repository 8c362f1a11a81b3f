import { assertEquals } from "@std/assert";
import { shownPageTests } from "../../../testing/project/shown_page.ts";

/** How many arrows are drawn. */
const ARROWS = `document.querySelectorAll(".packet").length`;

shownPageTests("PacketsView() draws what goes to and fro", {
  "shows an exchange of QoS 2": async (shown) => {
    const { page, until } = shown;
    await page.getByRole("tab", { name: "Packets" }).click();
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
  "holds packets, and steps": async (shown) => {
    const { page, until, publish } = shown;
    await page.getByRole("tab", { name: "Packets" }).click();
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
});

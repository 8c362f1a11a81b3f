import { assert, assertEquals, assertMatch } from "@std/assert";
import { readReadings } from "../../../lib/csv.ts";
import {
  type ShownPage,
  shownPageTests,
} from "../../../testing/project/shown_page.ts";
import { temporaryFile } from "../../../testing/temporary_file.ts";

const SENSORS: [topic: string, payload: string][] = [
  ["iot/user1/temp", "21.5"],
  ["iot/user1/humi", "40"],
  ["iot/user1/light", "500"],
  ["iot/user1/name", "lamp"],
  ["iot/user1/co2", "0.9124055123"],
  ["iot/user1/fifth", "5"],
];

/** The text of a cell of a series' row: 3 is its last value. */
function cell(series: string, column: number): string {
  return `[...document.querySelectorAll(".chart-table tbody tr")]
    .find((row) => row.textContent.includes("${series}"))
    ?.children[${column - 1}].textContent`;
}

async function openCharts({ page, choose, publish }: ShownPage): Promise<void> {
  await publish(SENSORS);
  await choose("Charts");
  await page.getByRole("row", { name: "iot/user1/co2" }).waitFor();
}

shownPageTests("ChartsView() draws what comes", {
  "charts four sensors unasked, and keeps what comes while it is paused":
    async (shown) => {
      const { page, until, publish } = shown;
      await openCharts(shown);
      await publish([["iot/user1/temp", "23.5"]]);
      await until(`${cell("iot/user1/temp", 3)} === "23.5"`);
      assertEquals(await page.locator(".chart-table tbody tr").count(), 4);
      await page.getByRole("img", {
        name: "iot/user1/temp: last 23.5, minimum 21.5, maximum 23.5.",
      }).waitFor();
      const pause = page.getByRole("button", { name: "Pause" });
      await pause.click();
      await publish([["iot/user1/temp", "99"]]);
      await page.getByText("Points that have come since, and are kept: 1")
        .waitFor();
      assertEquals(await until(cell("iot/user1/temp", 3)), "23.5");
      await pause.click();
      await until(`${cell("iot/user1/temp", 3)} === "99"`);
      // Numbers with all their digits have room, each in its column.
      await publish([["iot/user1/co2", "0.0102340285"]]);
      await until(`${cell("iot/user1/co2", 5)} === "0.01023403"`);
      await until(`(({ scrollWidth, clientWidth }) =>
        scrollWidth === clientWidth)(document.querySelector(".chart-table"))`);
    },
  "zooms by keys and by dragging": async (shown) => {
    const { page } = shown;
    await openCharts(shown);
    const isZoomed = page.getByRole("option", { name: "Zoomed in" });
    await page.getByRole("group", { name: /^Chart\. / }).focus();
    await page.keyboard.press("+");
    await isZoomed.waitFor({ state: "attached" });
    await page.keyboard.press("0");
    await isZoomed.waitFor({ state: "detached" });
    const { x, y } = (await page.locator(".u-over").boundingBox())!;
    await page.mouse.move(x + 50, y + 50);
    await page.mouse.down();
    await page.mouse.move(x + 150, y + 60);
    await page.mouse.up();
    await isZoomed.waitFor({ state: "attached" });
    await page.mouse.dblclick(x + 50, y + 50);
    await isZoomed.waitFor({ state: "detached" });
  },
  "charts a number inside JSON": async ({ page, until, choose, publish }) => {
    await publish([["iot/user1/room", '{"at": [{"x": 7}]}']]);
    await choose("Charts");
    await page.getByText("no topic has a number yet").waitFor();
    await page.getByText("Topics: 1").waitFor();
    await page.getByLabel("Topic", { exact: true }).fill("iot/user1/room");
    assertEquals(
      await page.getByLabel("Where the number is").inputValue(),
      "$.at[0].x",
    );
    await page.keyboard.press("Enter");
    await until(`${cell("iot/user1/room $.at[0].x", 3)} === "7"`);
  },
  "saves what it shows as a picture": async (shown) => {
    const { page } = shown;
    await openCharts(shown);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as PNG" }).click(),
    ]);
    const picture = await Deno.readFile(await download.path());
    assertMatch(new TextDecoder("latin1").decode(picture), /^.PNG/);
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
});

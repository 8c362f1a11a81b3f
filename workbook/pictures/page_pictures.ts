/**
 * The pictures of pages in the browser, as data, and what they show.
 *
 * @module
 */
import { join } from "node:path";
import type { Locator, Page } from "npm:playwright-core@1.65.1";
import { CsvRecorder } from "../../lib/csv.ts";
import { type Broker, connect, startBroker, subscribe } from "../../lib/mod.ts";
import { type Dashboard, openDashboard } from "../dashboard/dashboard.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";
import { readReport } from "../report/read_report.ts";
import { toPage } from "../report/report_page.ts";
import type { Shown } from "./capture_page.ts";
import { startTask } from "./start_task.ts";

/** A picture of a page in the browser. */
interface PagePicture extends Shown {
  /** Its file, seen from the project's folder; a text lies beside it. */
  file: string;
}

/** All pictures of pages. */
export const PAGE_PICTURES: readonly PagePicture[] = [
  { file: "workbook/pictures/dashboard.png", show: showCharts },
  { file: "lessons/09_qos/packets.png", show: showPackets },
  { file: "lessons/11_csv_monitor/report.png", show: showReport },
  {
    file: "lessons/14_gate_page/gate.png",
    show: showGate,
    chance: /^ *- listitem:\n *- time: .*\n *- text: status noop.*\n/gm,
  },
];

/** The file beside a picture that says what a screen reader reads of its page. */
export function textFile(file: string): string {
  return `${file}.txt`;
}

/** How much faster the four sensors are than on a reader's machine. */
const SPEED = 20;

/** The dashboard's charts, with some readings of the four sensors. */
async function showCharts(
  page: Page,
  running: AsyncDisposableStack,
): Promise<Locator> {
  const broker = running.use(await startBroker({ port: 0 }));
  const dashboard = running.use(await showDashboard(broker, "iot/#"));
  const readings = countTo(80);
  const client = running.use(await connect(broker.url));
  running.use(
    await startFourSensors(client, { speed: SPEED, onValue: readings.count }),
  );
  await page.goto(dashboard.url);
  await page.getByRole("tab", { name: "Charts" }).click();
  for (const name of ["temp", "humi", "illu", "dust"]) {
    await page.getByRole("rowheader", { name: `iot/user1/${name}` }).waitFor();
  }
  await readings.reached;
  return page.locator("body");
}

/** The dashboard's packets, of one message at each QoS that doesn't come back. */
async function showPackets(
  page: Page,
  running: AsyncDisposableStack,
): Promise<Locator> {
  const broker = running.use(await startBroker({ port: 0 }));
  const dashboard = running.use(await showDashboard(broker, "iot/user1/#"));
  await page.goto(dashboard.url);
  await page.getByRole("tab", { name: "Packets" }).click();
  await page.getByLabel("Show").selectOption({
    label: "Only publishes and acknowledgements",
  });
  for (const [qos, last] of ["PUBLISH", "PUBACK", "PUBCOMP"].entries()) {
    await page.getByRole("button", { name: `QoS ${qos}` }).click();
    await page.locator("g.packet", { hasText: last }).first().waitFor();
  }
  await page.getByText("Published", { exact: true }).waitFor();
  // So narrow that the packets fill the diagram. The legend would need more room.
  await page.setViewportSize({ width: 1040, height: 716 });
  await page.getByText("What the packets say").click();
  return page.getByRole("region", { name: "Packets" });
}

/** The report on a recording of the four sensors, which was once interrupted. */
async function showReport(
  page: Page,
  running: AsyncDisposableStack,
): Promise<Locator> {
  const folder = await Deno.makeTempDir();
  running.defer(() => Deno.remove(folder, { recursive: true }));
  const file = join(folder, "sensorvalues.csv");
  const broker = running.use(await startBroker({ port: 0 }));
  const client = running.use(await connect(broker.url));
  running.use(await startFourSensors(client, { speed: SPEED }));
  await record(broker.url, file, 60);
  // The gap that the report is to find.
  await new Promise((resolve) => setTimeout(resolve, 60_000 / SPEED));
  await record(broker.url, file, 50);
  await page.setContent(toPage(await readReport([file], [])));
  // What is far out of sight needs no text beside the picture.
  await page.evaluate(`for (const one of document.querySelectorAll(
    "section:nth-of-type(n + 3)")) one.remove()`);
  return page.locator("body");
}

/** The gate's page, after its button Open was pressed. */
async function showGate(
  page: Page,
  running: AsyncDisposableStack,
): Promise<Locator> {
  const { url: broker } = running.use(await startBroker({ port: 0 }));
  running.use(
    await startTask(["lesson:13", "gate"], { broker, ready: /Looping/ }),
  );
  const server = running.use(
    await startTask(["lesson:14", "server", "127.0.0.1", "0"], {
      broker,
      ready: /http:\S+\//,
    }),
  );
  await page.goto(server.ready);
  await page.locator("#log", { hasText: "noop" }).waitFor();
  await page.getByRole("button", { name: "Open" }).click();
  await page.locator("#state", { hasText: "opened" }).waitFor();
  return page.locator("body");
}

function showDashboard(broker: Broker, filter: string): Promise<Dashboard> {
  return openDashboard({
    broker: broker.url,
    filters: [filter],
    port: 0,
    connection: {},
    clients: broker.clients,
  });
}

/** Records so many readings. */
async function record(url: string, file: string, most: number): Promise<void> {
  await using recorder = await CsvRecorder.open(file);
  const readings = countTo(most);
  await using _feed = await subscribe(url, "iot/#", async (message) => {
    await recorder.record(message);
    readings.count();
  }, false);
  await readings.reached;
}

/** Counts, and says when a number is reached. */
function countTo(most: number): { count(): void; reached: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let counted = 0;
  return {
    count() {
      counted++;
      if (counted === most) resolve();
    },
    reached: promise,
  };
}

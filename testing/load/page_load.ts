/**
 * Floods the dashboard, and prints how its page and its server bear it: 10,000 topics
 * and 20,000 messages a second for a minute, through mosquitto, in Chromium.
 *
 * Run: deno run --allow-all --import-map=workbook/npm_std/import_map.json testing/load/page_load.ts [SECONDS] [RATE] [TOPICS]
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect } from "../../lib/mod.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { denoFlags } from "../deno_flags.ts";
import { findPeer } from "../peers.ts";
import { startProcess } from "../processes.ts";
import { Delays } from "./counts.ts";
import { type OpenPage, startBrowser } from "../project/browser.ts";

const MEGABYTE = 1024 * 1024;
/** The page has its largest structures by then: before, its heap may grow. */
const SETTLED = 1 / 3;
const CLICK_EVERY = 500;

const [seconds = 60, rate = 20_000, topics = 10_000] = Deno.args.map(Number);

/** Publishes small numbers on topics in turn, at a steady rate. */
async function flood(url: string): Promise<number> {
  await using client = await connect(url, { log: () => {} });
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  let sent = 0;
  while (elapsed() < seconds) {
    for (const due = elapsed() * rate; sent < due; sent++) {
      const topic = sent % topics;
      client.publish(`load/${topic % 100}/${topic}`, `${sent % 997 / 10}`);
    }
    await pause(5);
  }
  return sent;
}

/** Clicks on a tab, and waits until what it shows is drawn. */
function click({ page }: OpenPage, tab: number): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const start = performance.now();
    const tab = document.querySelectorAll("[role=tab]")[${tab}];
    tab.click();
    const look = () => {
      if (tab.ariaSelected === "true") resolve(performance.now() - start);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(() => requestAnimationFrame(look));
  })`);
}

/** How many bytes of the page's heap are in use, once it is swept. */
async function heapOf({ page }: OpenPage): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  return async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  };
}

/** The most memory that a process has held so far, in megabytes. */
function peakOf(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const chromium = findPeer("chromium");
if (chromium === undefined || findPeer("mosquitto") === undefined) {
  console.error("It needs chromium and mosquitto: install them first");
  Deno.exit(1);
}
await using mosquitto = await startMosquitto();
const server = startProcess(Deno.execPath(), [
  ...["run", ...denoFlags(), "--allow-all"],
  fileURLToPath(import.meta.resolve("../../workbook/commands/dashboard.ts")),
  ...["-h", mosquitto.url, "--port", "0", "--no-open"],
]);
await using _server = server;
await server.untilPrinted("/\n");
const url = /http:\S+/.exec(server.printed())![0];
await using browser = await startBrowser(chromium);
await using page = await browser.open(url);
const heap = await heapOf(page);

console.log(`Load ${Deno.loadavg()[0]!.toFixed(2)} before it begins`);
const flooding = flood(mosquitto.url);
let isOver = false;
flooding.finally(() => isOver = true);
const start = performance.now();
const clicks = new Delays();
let count = 0;
const heaps: number[] = [];
for (let tab = 0; !isOver; tab = (tab + 1) % 4) {
  clicks.add(await click(page, tab));
  count++;
  const isSettled = performance.now() - start > SETTLED * seconds * 1000;
  if (isSettled && count % 10 === 0) heaps.push(await heap());
  await pause(CLICK_EVERY);
}
const sent = await flooding;
// Until no more is counted for three seconds.
const shown = await page.until<number>(`(() => {
  const { innerText } = document.querySelector(".figures span");
  const counted = Number(innerText.replace(/\\D/g, ""));
  if (globalThis.counted !== counted) globalThis.since = performance.now();
  globalThis.counted = counted;
  return performance.now() - globalThis.since > 3_000 && counted;
})()`);
console.log(`Messages  ${sent} sent, ${shown} shown`);
console.log(
  `Clicks    ${count}, answered in ${
    clicks.quantile(0.5).toFixed(0)
  } ms (median), ${clicks.quantile(1).toFixed(0)} ms (worst)`,
);
console.log(`Server    ${peakOf(server.pid).toFixed(0)} MB at most`);
console.log(
  `Tab       ${
    heaps.map((bytes) => (bytes / MEGABYTE).toFixed(1)).join(", ")
  } MB in use`,
);

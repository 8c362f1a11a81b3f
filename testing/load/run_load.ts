/**
 * A broker under load, in a process of its own, and the fleets that load it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";
import { COMMANDS } from "../../workbook/launcher/commands.ts";
import { Delays } from "./counts.ts";
import type { FleetReport, FleetTask } from "./fleet.ts";
import type { LoadSize } from "./plan.ts";

/** What came of it. */
export interface LoadResult extends Omit<FleetReport, "delays"> {
  /** Delays between clients that weren't cut. */
  delays: Delays;
}

/** How the broker is loaded. */
interface LoadOptions {
  /** Deno's flags for the project, such as `--import-map`. */
  flags: readonly string[];
  /** Ends it early. */
  signal: AbortSignal;
  /** Takes a line about how far it is. */
  tell: (line: string) => void;
}

const FLEETS = 2;
/** How long connecting may take, and the end after the last publish. */
const CONNECT_MILLISECONDS = 60_000;
const END_MILLISECONDS = 60_000;

/** Loads the embedded broker. */
export async function runLoad(
  size: LoadSize,
  { flags, signal, tell }: LoadOptions,
): Promise<LoadResult> {
  const processes = new AsyncDisposableStack();
  let ending: Promise<void> | undefined;
  const end = () => ending ??= processes.disposeAsync();
  signal.addEventListener("abort", end, { once: true });
  try {
    const broker = processes.use(startBrokerCommand(size.clients, flags));
    await broker.untilLogged("Ctrl-C ends\n");
    const [url = ""] = /mqtt:\/\/[^\s:]+:\d+/.exec(broker.logged()) ?? [];
    const fleets = Array.from(
      { length: FLEETS },
      (_, index) =>
        processes.use(startFleet({ url, size, index, of: FLEETS }, flags)),
    );
    await untilAllPrinted(fleets, "connected\n", CONNECT_MILLISECONDS);
    tell(`${size.clients} clients are connected to ${url}`);
    await Promise.all(fleets.map((fleet) => fleet.write("begin\n")));
    const milliseconds = size.seconds * 1000 + END_MILLISECONDS;
    await untilAllPrinted(fleets, "}\n", milliseconds);
    return addUp(fleets.map(readReport));
  } finally {
    await end();
  }
}

async function untilAllPrinted(
  fleets: readonly Process[],
  text: string,
  milliseconds: number,
): Promise<void> {
  await Promise.all(
    fleets.map((fleet) => fleet.untilPrinted(text, milliseconds)),
  );
}

/** What a fleet has printed in the line after "connected". */
function readReport(fleet: Process): FleetReport {
  return JSON.parse(fleet.printed().split("\n")[1]!);
}

/** The broker as `deno task broker` runs it, on a port of its own. */
function startBrokerCommand(
  clients: number,
  flags: readonly string[],
): Process {
  // All come from one address; cut ones may be back before they are gone.
  const most = `${2 * clients}`;
  const limits = [
    ...["--max-connections", most],
    ...["--max-connections-per-address", most],
  ];
  const args = ["--port", "0", ...limits];
  const [step] = COMMANDS.broker!.steps(args);
  return startProcess(
    Deno.execPath(),
    [step!.subcommand, ...flags, ...step!.args],
  );
}

function startFleet(task: FleetTask, flags: readonly string[]): Process {
  return startProcess(Deno.execPath(), [
    "run",
    ...flags,
    "--no-prompt",
    "--allow-env",
    `--allow-net=${new URL(task.url).host}`,
    fileURLToPath(new URL("fleet.ts", import.meta.url)),
    JSON.stringify(task),
  ]);
}

function addUp(reports: readonly FleetReport[]): LoadResult {
  const sum = (name: keyof FleetReport) =>
    reports.reduce((sum, report) => sum + (report[name] as number), 0);
  const delays = new Delays();
  for (const report of reports) delays.addAll(report.delays);
  return {
    acknowledged: sum("acknowledged"),
    expected: sum("expected"),
    delivered: sum("delivered"),
    repeated: sum("repeated"),
    sent: sum("sent"),
    cut: sum("cut"),
    back: sum("back"),
    dropped: sum("dropped"),
    cutSubscribers: sum("cutSubscribers"),
    subscribedAgain: sum("subscribedAgain"),
    failures: reports.flatMap(({ failures }) => failures),
    delays,
    longest: Math.max(...reports.map(({ longest }) => longest)),
  };
}

/** The figures, in lines. */
export function describeLoad(result: LoadResult): string[] {
  const { sent, acknowledged, expected, delivered, repeated } = result;
  const { cut, back, cutSubscribers, subscribedAgain, delays } = result;
  const shown = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`;
  return [
    `Sent ${sent}, acknowledged ${acknowledged}`,
    `Delivered ${delivered} of ${expected}, ${repeated} repeated`,
    `Cut ${cut} at once: ${back} came back, ` +
    `${subscribedAgain} of ${cutSubscribers} subscribed again`,
    `Delay: median ${shown(delays.quantile(0.5))}, ` +
    `p99 ${shown(delays.quantile(0.99))} between those that were not cut; ` +
    `longest of all ${shown(result.longest)}`,
  ];
}

/** What is wrong with the figures, in lines; none if nothing is. */
export function findFaults(result: LoadResult): string[] {
  const { sent, acknowledged, expected, delivered, failures } = result;
  const { cut, back, dropped, cutSubscribers, subscribedAgain } = result;
  const faults: [boolean, string][] = [
    [sent === 0, "Nothing was sent"],
    [
      acknowledged < sent,
      `${sent - acknowledged} messages were not acknowledged`,
    ],
    [
      delivered < expected,
      `${expected - delivered} deliveries of acknowledged messages are missing`,
    ],
    [back < cut, `${cut - back} clients that were cut did not come back`],
    [
      subscribedAgain < cutSubscribers,
      `${
        cutSubscribers - subscribedAgain
      } subscribers are not subscribed again`,
    ],
    [dropped > 0, `${dropped} clients lost their connection without a cut`],
  ];
  return [
    ...faults.filter(([isFault]) => isFault).map(([, words]) => words),
    ...failures.map((words) => `Publishing failed: ${words}`),
  ];
}

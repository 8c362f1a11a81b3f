/**
 * Measures the toolkit against other MQTT clients, and its broker against
 * mosquitto, in the same run and in turn, prints a table, and writes the figures of a
 * whole run to `bench/results.json`, and a chart of them to `bench/chart.svg`.
 *
 * Run: deno task bench [--only NAME]… [--rounds N] [--quick] [--out FILE]
 */
import { fileURLToPath } from "node:url";
import { findPeer } from "../testing/peers.ts";
import { runProgram, UsageError } from "../workbook/options/program.ts";
import { stopChildren } from "./_children.ts";
import { drawChart, formatGoals, formatTable } from "./_report.ts";
import { type Measurement, runRounds } from "./_rounds.ts";
import { allMeasurements } from "./_measurements.ts";
import { SETTINGS } from "./_brokers.ts";
import { preparePrograms } from "./_programs.ts";
import {
  describeMachine,
  type Result,
  toResult,
  writeResults,
} from "./_results.ts";

const INTERRUPTED = 130;

const HELP = `
Measures the toolkit against other MQTT clients: MQTT.js on its own, paho (Python)
and mosquitto's clients (C); and the embedded broker against mosquitto. What isn't
installed is left out. It takes about 25 minutes; leave the machine alone
meanwhile.

Usage: deno task bench [OPTIONS]

  --only NAME   Only measurements whose name begins with NAME, such as
                publish/qos1 or broker; may be given several times
  --rounds N    Run each contestant N times: 5 unless given, 2 with --quick
  --quick       A tenth of the messages: to see that all works, not how fast
  --out FILE    Write the figures to FILE. Without it, bench/results.json gets
                those of a whole run, and others are only printed
  --list        List the measurements
  --help        Show this help
`;

await runProgram({
  help: HELP,
  names: {
    string: ["rounds", "out"],
    collect: ["only"],
    boolean: ["quick", "list"],
  },
  async main(options) {
    const quick = options.has("quick");
    const only = options.texts("only");
    const rounds = options.number("rounds", { least: 1, most: 100 }) ??
      (quick ? 2 : 5);
    const isWhole = only.length === 0 && !quick;
    const path = options.text("out") ??
      (isWhole ? new URL("results.json", import.meta.url) : undefined);
    const measurements = select(allMeasurements(quick ? 0.1 : 1), only);
    if (options.has("list")) {
      console.log(measurements.map(({ name }) => name).join("\n"));
      return;
    }
    warnIfBusy();
    const machine = describeMachine();
    const interrupted = interruption();
    try {
      const results = await measure(measurements, {
        rounds,
        signal: interrupted,
      });
      if (path !== undefined) {
        const conditions = { rounds, quick, only };
        await writeResults(path, { conditions, machine, results });
        if (path instanceof URL) await writeChart(path);
      }
      print(results);
      return results.some(({ failures }) => failures.length > 0) ? 1 : 0;
    } catch (error) {
      if (interrupted.aborted) return INTERRUPTED;
      throw error;
    }
  },
});

async function measure(
  measurements: Measurement[],
  options: { rounds: number; signal: AbortSignal },
): Promise<Result[]> {
  await using _programs = await preparePrograms();
  const results = [];
  for (const measurement of measurements) {
    const outcome = await runRounds(measurement, {
      ...options,
      find: findPeer,
      report: (line) => console.error(line),
    });
    results.push(toResult(outcome));
  }
  return results;
}

/** Draws the figures for the page as they were written, which is rounded. */
async function writeChart(path: URL): Promise<void> {
  const { results } = JSON.parse(await Deno.readTextFile(path));
  const file = new URL("chart.svg", import.meta.url);
  await Deno.writeTextFile(file, drawChart(results));
  const args = ["fmt", "--quiet", fileURLToPath(file)];
  await new Deno.Command(Deno.execPath(), { args }).output();
}

function print(results: Result[]): void {
  console.log(formatTable(results));
  console.log(`\nmosquitto ran with ${SETTINGS.join(", ")}`);
  const goals = formatGoals(results);
  if (goals !== "") console.log(`\n${goals}`);
}

function select(all: Measurement[], only: string[]): Measurement[] {
  for (const name of only) {
    if (all.some((measurement) => measurement.name.startsWith(name))) continue;
    const names = new Set(all.map(({ name }) => name.split("/")[0]));
    throw new UsageError(
      `Measurement "${name}" is unknown: it must begin with ${
        [...names].join(", ")
      } (--list shows all)`,
    );
  }
  return only.length === 0
    ? all
    : all.filter(({ name }) => only.some((wanted) => name.startsWith(wanted)));
}

function warnIfBusy(): void {
  const [load] = Deno.loadavg();
  if (load! < navigator.hardwareConcurrency / 4) return;
  console.error(
    `The machine is busy (load ${load!.toFixed(1)}): figures will vary`,
  );
}

/** On Ctrl-C and SIGTERM, no program and no file is left behind. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    stopChildren();
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
  return controller.signal;
}

import { setTimeout as pause } from "node:timers/promises";
import { readReadings } from "../../lib/csv.ts";
import { Publisher } from "../../lib/mod.ts";
import { formatTimedReading } from "../../lib/timed_reading.ts";
import { readReport } from "../../workbook/report/read_report.ts";
import { within } from "../deadline.ts";
import type { Process } from "../processes.ts";
import { startCommand } from "../project/commands.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const TOPIC = "iot/user1/temp";
const LONGEST_WAIT = 120_000;

/** What became of readings that two recorders shared. */
interface SharedRecording {
  /** How many readings the broker has acknowledged. */
  acknowledged: number;
  /** How many of them are in neither file. */
  missing: number;
  /** How many rows each recorder's file has. */
  rows: [number, number];
  /** How many rows a report on both counts, with `--deduplicate`. */
  together: number;
  /** How many readings the recorder that was killed left out, since it had them. */
  leftOut: number;
}

/**
 * Has two recorders share readings (`record --share`), with sessions that are kept.
 * Midway one of them is killed; when three quarters are published it is back.
 */
export async function recordTogether(
  url: string,
  readings: number,
): Promise<SharedRecording> {
  await using folder = await temporaryFolder();
  const files = ["one", "two"].map((name) => `${folder.path}/${name}.csv`);
  const [fileOne = "", fileTwo = ""] = files;
  const start = (id: string, file: string) =>
    startRecorder(["-h", url, "-i", id, "--out", file]);
  await using two = await start("two", fileTwo);
  await using first = await start("one", fileOne);
  await using publisher = await Publisher.connect(url);
  const publish = async (from: number, to: number) => {
    for (let value = from; value < to; value++) {
      await publisher.ready;
      publisher.publish(TOPIC, formatTimedReading(value), { qos: 1 });
    }
    await publisher.flush();
  };
  const publishing = publish(0, Math.floor(readings / 2));
  while ((await valuesOf(fileOne)).length === 0) await pause(10);
  first.kill("SIGKILL");
  await first.end();
  await publishing;
  await publish(Math.floor(readings / 2), Math.floor(readings * 3 / 4));
  await using back = await start("one", fileOne);
  await publish(Math.floor(readings * 3 / 4), readings);

  const countMissing = async () => {
    const values = await Promise.all(files.map(valuesOf));
    return readings - new Set(values.flat()).size;
  };
  const untilAll = async () => {
    while (await countMissing() > 0) await pause(200);
  };
  await within("all readings", untilAll(), LONGEST_WAIT).catch(() => {});
  const { stderr } = await back.stop();
  await two.stop();
  const rows = await Promise.all(files.map(valuesOf));
  return {
    acknowledged: readings,
    missing: await countMissing(),
    rows: [rows[0]!.length, rows[1]!.length],
    together: (await readReport(files, [], { deduplicate: true })).rows,
    leftOut: Number(/left out (\d+)/.exec(stderr)?.[1] ?? 0),
  };
}

async function startRecorder(args: string[]): Promise<Process> {
  const recorder = startCommand("record", [
    ...["--share", "recorders", "-t", "iot/#", "-q", "1", "-c"],
    ...["--time", "payload", "--deduplicate", ...args],
  ]);
  await recorder.untilLogged("Subscribed");
  return recorder;
}

async function valuesOf(file: string): Promise<number[]> {
  const onInvalid = () => {};
  const readings = await Array.fromAsync(readReadings(file, { onInvalid }));
  return readings.map(({ value }) => value);
}

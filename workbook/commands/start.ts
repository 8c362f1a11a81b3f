/**
 * The main job in one terminal: four virtual sensors publish, and a recorder
 * writes each reading to a CSV file (document ko §5).
 *
 * @module
 */
import { connect, type Message, StopSignal, subscribe } from "../../lib/mod.ts";
import { printable } from "../../lib/printable.ts";
import { findBroker, type FoundBroker } from "../broker/find_broker.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";
import type { Dashboard } from "../dashboard/dashboard.ts";
import { createLogLines } from "../dashboard/news.ts";
import type { Ring } from "../dashboard/collections.ts";
import { createView } from "../terminal/live_view.ts";
import { openRecorder } from "../main_job/open_recorder.ts";
import { type Options, runProgram } from "../options/program.ts";
import { enterUserFolder } from "../options/user_folder.ts";
import { describeTopics, Statistics } from "../main_job/statistics.ts";
import type { CsvRecorder } from "../../lib/csv.ts";

const HELP = `
Records four virtual sensors to a CSV file.

Usage: deno task start [--speed N] [--seconds S] [--out FILE] [--dashboard]

  --speed N     divide the sensors' intervals (5, 7, 10 and 12 s) by N
  --seconds S   end after S seconds; without it, Ctrl-C ends
  --out FILE    append to FILE (sensorvalues.csv)
  --dashboard   show it all on a page, too, whose address is printed

Each sensor is read at once, and then at its interval.
The broker is the one that MQTT_URL names. If it names none, it is the one at
localhost:1883; if none answers there, an embedded one is started.
`;

const LONGEST_WAIT = 2000;

/** Records messages, shows those that are readings, and knows when all came. */
class ReadingLog {
  readonly #recorder: CsvRecorder;
  readonly #show: (topic: string, value: number) => void;
  #expected = 0;
  #taken = 0;
  #onTaken: (() => void) | undefined;

  /**
   * @param recorder Writes the rows.
   * @param show Called with each reading that was written.
   */
  constructor(
    recorder: CsvRecorder,
    show: (topic: string, value: number) => void,
  ) {
    this.#recorder = recorder;
    this.#show = show;
  }

  /** Records a message; resolves once the row is in the file. */
  readonly take = async (message: Message): Promise<void> => {
    await this.#recorder.record(message);
    this.#taken++;
    const value = readNumber(message);
    if (value !== undefined) this.#show(message.topic, value);
    this.#onTaken?.();
  };

  /** Counts a reading that was sent, and that must arrive. */
  readonly expect = (): void => {
    this.#expected++;
  };

  /** Waits until what was sent has arrived, for two seconds at most. */
  async allTaken(): Promise<void> {
    if (this.#taken >= this.#expected) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST_WAIT);
      this.#onTaken = () => {
        if (this.#taken < this.#expected) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The recorder reports and counts what isn't a number: here it is left out. */
function readNumber(message: Message): number | undefined {
  try {
    return message.number;
  } catch {
    return undefined;
  }
}

export const program = await runProgram({
  help: HELP,
  names: { string: ["speed", "seconds", "out"], boolean: ["dashboard"] },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  enterUserFolder();
  const speed = options.number("speed", { least: 0.001, whole: false }) ?? 1;
  const seconds = options.number("seconds", { least: 0, whole: false });
  const file = options.text("out") ?? "sensorvalues.csv";

  const statistics = new Statistics();
  const failed = Promise.withResolvers<never>();
  await using recorder = await openRecorder(file, {
    onFailure: failed.reject,
  });
  const lines = createLogLines();
  await using broker = await findBroker({
    log: (line) => void lines.push(line),
  });
  await using dashboard = options.has("dashboard")
    ? await showDashboard(broker, lines)
    : undefined;
  {
    using view = createView(statistics);
    const log = (line: string) => view.log(line);
    const readings = new ReadingLog(recorder, (topic, value) => {
      statistics.add(topic, value);
      view.show(topic, value);
    });
    await using _subscription = await subscribe(
      broker.url,
      "iot/#",
      readings.take,
      false,
      { qos: 1, log, onError: () => {} },
    );
    await using client = await connect(broker.url, { log });
    const sensors = await startFourSensors(client, {
      speed,
      qos: 1,
      log,
      onValue: readings.expect,
    });
    using stop = new StopSignal(
      seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1000),
    );
    try {
      await Promise.race([
        stop.requested,
        failed.promise,
        client.refused,
        ...dashboard ? [dashboard.refused] : [],
      ]);
    } finally {
      await sensors[Symbol.asyncDispose]();
    }
    await readings.allTaken();
  }
  await recorder.flush();
  console.log(`\nWrote ${recorder.rows} rows to ${printable(file)}`);
  for (const line of describeTopics(statistics)) console.log(line);
}

/** Serves the page. Its code is loaded only here: most do without it. */
async function showDashboard(
  { url, clients }: FoundBroker,
  log: Ring<string>,
): Promise<Dashboard> {
  const module = new URL("../dashboard/dashboard.ts", import.meta.url).href;
  const { openDashboard } = await import(
    module
  ) as typeof import("../dashboard/dashboard.ts");
  const dashboard = await openDashboard({
    ...{ broker: url, clients, log, filters: ["iot/#"], port: 0 },
    connection: { log: () => {} },
  });
  console.error(`The page is at ${dashboard.url}`);
  return dashboard;
}

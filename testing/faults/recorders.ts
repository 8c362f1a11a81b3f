/**
 * Programs that record while the network fails.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { CsvRecorder, readReadings } from "../../lib/csv.ts";
import { subscribe } from "../../lib/mod.ts";
import { type Process, startProcess } from "../processes.ts";
import {
  type Consumer,
  type Consumption,
  type FailingConsumer,
  optionsOf,
} from "./consumers.ts";
import { programFlags, TOPICS } from "./settings.ts";

/** `CsvRecorder`, in this process. */
export async function startRecorder(
  consumption: Consumption,
  folder: string,
): Promise<Consumer> {
  const { url, messageLog, log } = consumption;
  const name = "recorder";
  messageLog.addConsumer(name, true);
  const path = `${folder}/${name}.csv`;
  const recorder = await CsvRecorder.open(path, { log });
  const options = optionsOf(name, 2, consumption);
  const { record } = recorder;
  const subscription = await subscribe(url, TOPICS, record, false, options);
  return {
    ...options,
    name,
    client: subscription.client,
    refresh: async () => messageLog.replace(name, await idsIn(path)),
    async close() {
      await subscription.close();
      await recorder.close();
    },
  };
}

/** `CsvRecorder`, in a process that is killed and started again. */
export async function startKilledRecorder(
  consumption: Consumption,
  folder: string,
): Promise<FailingConsumer> {
  const { url, messageLog, protocol } = consumption;
  const name = "killed recorder";
  messageLog.addConsumer(name, false);
  const path = `${folder}/killed.csv`;
  const start = () => {
    const program = new URL("recorder_program.ts", import.meta.url);
    const permissions = ["env", "net", "read", "write"]
      .map((permission) => `--allow-${permission}`);
    return startProcess(Deno.execPath(), [
      "run",
      ...programFlags(),
      ...permissions,
      fileURLToPath(program),
      ...[url, "killed", path, `${protocol}`],
    ]);
  };
  let recorder: Process = start();
  // A process's grants end with it.
  let grantsBefore = 0;
  const grants = () =>
    grantsBefore + recorder.printed().split("subscribed").length - 1;
  await recorder.untilPrinted("subscribed");
  return {
    name,
    grants,
    async fail() {
      const killed = recorder;
      killed.kill("SIGKILL");
      await killed.end();
      grantsBefore = grants();
      recorder = start();
    },
    refresh: async () => messageLog.replace(name, await idsIn(path)),
    async close() {
      await recorder[Symbol.asyncDispose]();
    },
  };
}

async function idsIn(path: string): Promise<number[]> {
  const readings = await Array.fromAsync(readReadings(path));
  return readings.map(({ value }) => value);
}

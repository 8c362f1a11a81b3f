/**
 * Sensor readings in CSV files: {@linkcode CsvRecorder} writes them,
 * {@linkcode readReadings} reads them.
 *
 * @example Recording what arrives on a topic
 * ```ts
 * import { publishOnce, startBroker, subscribe } from "./mod.ts";
 * import { CsvRecorder, readReadings } from "./csv.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * {
 *   await using recorder = await CsvRecorder.open(path);
 *   const recorded = Promise.withResolvers<void>();
 *   // A program that runs until Ctrl-C just says
 *   // await subscribe(brokerUrl(), "iot/#", recorder.record);
 *   await using _subscription = await subscribe(
 *     broker.url,
 *     "iot/#",
 *     (message) => {
 *       recorder.record(message);
 *       recorded.resolve();
 *     },
 *     false,
 *   );
 *   await publishOnce(broker.url, { topic: "iot/user1/temp", payload: "21.5" });
 *   await recorded.promise;
 * }
 * const readings = await Array.fromAsync(readReadings(path));
 * assertEquals(readings.map(({ value }) => value), [21.5]);
 * await Deno.remove(path);
 * ```
 *
 * @module
 */
export {
  CsvRecorder,
  type CsvRecorderOptions,
  type TimeFormat,
} from "./csv_recorder.ts";
export { printable } from "./printable.ts";
export {
  type Reading,
  readReadings,
  type ReadReadingsOptions,
} from "./readings.ts";
export { RecordingError } from "./recording_error.ts";

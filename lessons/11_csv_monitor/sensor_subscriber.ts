/**
 * @title Record what the sensors publish
 * @difficulty beginner
 * @tags subscribe, CSV, file
 * @run deno run --allow-env --allow-net --allow-read=. --allow-write=. lessons/11_csv_monitor/sensor_subscriber.ts
 *
 * Appends time, topic and value of each message to sensorvalues.csv, until
 * Ctrl-C. Another file of this folder may be given as an argument.
 */
import { CsvRecorder } from "../../lib/csv.ts";
import { brokerUrl, ConnectionRefusedError } from "../../lib/mod.ts";
import { exitWithError, subscribe } from "../../lib/mod.ts";

const [file = "sensorvalues.csv"] = Deno.args;

try {
  // 1. Open the file to append to, once. If there is none, it is made. Should the
  // disk be full one day, the program ends and says so.
  const onFailure = exitWithError;
  await using recorder = await CsvRecorder.open(file, { onFailure });
  const path = await Deno.realPath(file);
  console.error(`Recording to ${path}: Ctrl-C ends`);

  // 2. Subscribe to everything below iot, and hand each message to the recorder.
  // It writes a row, or says that the payload is no number.
  const onSubscribe = () => console.log("Connected with result code 0");
  const options = { onSubscribe };
  await subscribe(brokerUrl(), "iot/#", recorder.record, true, options);

  // 3. Ctrl-C was pressed. The last rows may still be on their way to the file.
  await recorder.flush();
  console.error(`Wrote ${recorder.rows} rows to ${path}`);
} catch (error) {
  // A code from 1 to 5 says that the broker doesn't let us in.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Connected with result code ${error.code}`);
    console.log(`연결 실패:  ${error.code}`);
  }
  exitWithError(error);
}

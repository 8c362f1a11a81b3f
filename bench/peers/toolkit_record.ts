/** Records readings with the toolkit's `subscribe` and `CsvRecorder`. */
import { CsvRecorder } from "../../lib/csv.ts";
import { subscribe } from "../../lib/mod.ts";
import { FILTER } from "../_programs.ts";
import { print, readJob } from "./_job.ts";

const { url, messages, file } = readJob();
const done = Promise.withResolvers<void>();
const recorder = await CsvRecorder.open(file);
let received = 0;
const subscription = await subscribe(url, FILTER, (message) => {
  if (++received === messages) done.resolve();
  return recorder.record(message);
}, false);
await done.promise;
await recorder.close();
await subscription.close();
print({ rows: recorder.rows });

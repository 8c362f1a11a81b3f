/** Receives readings with the toolkit's `subscribe`, and records them if it is to. */
import { CsvRecorder } from "../../lib/csv.ts";
import { subscribe } from "../../lib/mod.ts";
import { END, FILTER } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";

const { url, qos, messages, end, file } = readJob();
const done = Promise.withResolvers<void>();
const recorder = file === "" ? undefined : await CsvRecorder.open(file);
let received = 0;
const subscription = await subscribe(
  url,
  FILTER,
  (message) => {
    if (end && message.topic === END) done.resolve();
    else if (++received === messages && !end) done.resolve();
    return recorder?.record(message);
  },
  false,
  { qos },
);
print({ event: "subscribed" });
await done.promise;
const ended = now();
await recorder?.close();
await subscription.close();
print({ ended, received });

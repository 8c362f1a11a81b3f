/** Receives readings with the toolkit's `subscribe`. */
import { subscribe } from "../../lib/mod.ts";
import { END, FILTER } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";

const { url, qos, messages, end } = readJob();
const done = Promise.withResolvers<void>();
let received = 0;
const subscription = await subscribe(
  url,
  FILTER,
  (message) => {
    if (end && message.topic === END) done.resolve();
    else if (++received === messages && !end) done.resolve();
  },
  false,
  { qos },
);
print({ event: "subscribed" });
await done.promise;
const ended = now();
await subscription.close();
print({ ended, received });

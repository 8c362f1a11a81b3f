/** Receives readings with MQTT.js alone. */
import { connectAsync } from "mqtt";
import { FILTER } from "../_programs.ts";
import { print, readJob } from "./_job.ts";

const { url, messages } = readJob();
const done = Promise.withResolvers<void>();
const client = await connectAsync(url);
let received = 0;
client.on("message", () => {
  if (++received === messages) done.resolve();
});
await client.subscribeAsync(FILTER);
await done.promise;
await client.endAsync();
print({ received });

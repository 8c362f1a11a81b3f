/**
 * Records what is published under faults, in a process that may be killed.
 *
 * @module
 */
import { CsvRecorder } from "../../../lib/csv.ts";
import { subscribe } from "../../../lib/mod.ts";
import { KEEPALIVE, RETRY_DELAY, TOPICS } from "./settings.ts";

const [url, clientId, path] = Deno.args as [string, string, string];
await using recorder = await CsvRecorder.open(path);
await subscribe(url, TOPICS, recorder.record, true, {
  clientId,
  clean: false,
  qos: 1,
  keepalive: KEEPALIVE,
  retryDelay: RETRY_DELAY,
  onSubscribe: () => console.log("subscribed"),
});

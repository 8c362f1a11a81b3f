/**
 * Records what is published under faults, in a process that may be killed.
 *
 * @module
 */
import { CsvRecorder } from "../../lib/csv.ts";
import { subscribe } from "../../lib/mod.ts";
import type { Protocol } from "../clients/clients.ts";
import { connectOptions, TOPICS } from "./settings.ts";

const [url, clientId, path, protocol] = Deno.args as [
  string,
  string,
  string,
  string,
];
await using recorder = await CsvRecorder.open(path);
await subscribe(url, TOPICS, recorder.record, true, {
  ...connectOptions(Number(protocol) as Protocol, clientId),
  qos: 1,
  onSubscribe: () => console.log("subscribed"),
});

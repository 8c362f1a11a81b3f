/**
 * Publishes readings with MQTT.js alone, so that never more than the window are
 * unfinished. A window of 0 stands for a plain loop that waits only at the end.
 */
import { connectAsync } from "mqtt";
import { READINGS, TOPIC } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";

const { url, clientId, qos, window, messages } = readJob();
const client = await connectAsync(url, { clientId });
const started = now();
let unfinished = 0;
let wake = () => {};
const finish = (error?: Error | null) => {
  if (error) throw error;
  unfinished--;
  wake();
};
for (let index = 0; index < messages; index++) {
  while (window > 0 && unfinished >= window) {
    await new Promise<void>((resolve) => wake = resolve);
  }
  unfinished++;
  client.publish(TOPIC, READINGS[index % READINGS.length]!, { qos }, finish);
}
while (unfinished > 0) await new Promise<void>((resolve) => wake = resolve);
await client.endAsync();
print({ started });

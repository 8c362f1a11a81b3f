/** Publishes readings with the toolkit's `Publisher`. */
import { Publisher } from "../../lib/mod.ts";
import { END, READINGS, TOPIC } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";

const { url, clientId, qos, window, messages, end } = readJob();
const publisher = await Publisher.connect(url, {
  clientId,
  inflightWindow: window,
});
const started = now();
for (let index = 0; index < messages; index++) {
  await publisher.ready;
  publisher.publish(TOPIC, READINGS[index % READINGS.length]!, { qos });
}
await publisher.flush();
if (end) await publisher.publish(END, "", { qos: qos || 1 });
await publisher.close();
print({ started });

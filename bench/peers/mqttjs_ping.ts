/** Sends one message at a time with MQTT.js alone, over two connections. */
import { connectAsync } from "mqtt";
import { TOPIC } from "../_programs.ts";
import { printLatencies, readJob } from "./_job.ts";

const { url, messages } = readJob();
const subscriber = await connectAsync(url);
let arrived = () => {};
subscriber.on("message", () => arrived());
await subscriber.subscribeAsync(TOPIC, { qos: 1 });
const publisher = await connectAsync(url);
await printLatencies(messages, () => {
  const arrival = new Promise<void>((resolve) => arrived = resolve);
  return { arrival, done: publisher.publishAsync(TOPIC, "21.5", { qos: 1 }) };
});
await publisher.endAsync();
await subscriber.endAsync();

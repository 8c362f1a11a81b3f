/** Sends one message at a time with the toolkit, over two connections. */
import { Publisher, subscribe } from "../../lib/mod.ts";
import { TOPIC } from "../_programs.ts";
import { printLatencies, readJob } from "./_job.ts";

const { url, messages } = readJob();
let arrived = () => {};
await using _subscription = await subscribe(
  url,
  TOPIC,
  () => arrived(),
  false,
  { qos: 1 },
);
await using publisher = await Publisher.connect(url);
await printLatencies(messages, () => {
  const arrival = new Promise<void>((resolve) => arrived = resolve);
  return { arrival, done: publisher.publish(TOPIC, "21.5", { qos: 1 }) };
});

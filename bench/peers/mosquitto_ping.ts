/**
 * Sends one message at a time with mosquitto's clients: a line to `mosquitto_pub -l`,
 * until it is read from `mosquitto_sub`. The two pipes are part of the time.
 */
import { findPeer } from "../../testing/peers.ts";
import { TOPIC } from "../_programs.ts";
import { printLatencies, readJob } from "./_job.ts";

const { port, messages } = readJob();
const place = ["-h", "127.0.0.1", "-p", `${port}`, "-t", TOPIC, "-q", "1"];
await using subscriber = new Deno.Command(findPeer("mosquitto_sub")!, {
  args: place,
  stdout: "piped",
}).spawn();
await using publisher = new Deno.Command(findPeer("mosquitto_pub")!, {
  args: [...place, "-l"],
  stdin: "piped",
}).spawn();
const writer = publisher.stdin.getWriter();
const reader = subscriber.stdout.getReader();

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let number = 0;
const write = () => writer.write(encoder.encode(`${number}\n`));

// What is published before the subscription isn't there: until one arrives.
const first = reader.read();
const knocking = setInterval(write, 50);
await first;
clearInterval(knocking);

await printLatencies(messages, () => {
  number++;
  write();
  return { arrival: arrivalOf(`${number}\n`) };
});
await writer.close();
await publisher.status;
await reader.cancel();
subscriber.kill();

async function arrivalOf(line: string): Promise<void> {
  for (let read = ""; !read.endsWith(line);) {
    read += decoder.decode((await reader.read()).value);
  }
}

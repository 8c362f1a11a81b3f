/**
 * @title Wait forever
 * @difficulty beginner
 * @tags network loop, loop_forever, subscribe
 * @run deno run --allow-env --allow-net lessons/03_network_loop/forever.ts
 *
 * The first way to wait: the program has nothing else to do. What paho calls
 * `loop_forever()`.
 */
import { brokerUrl, exitWithError } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

const TOPIC = "paho/temperature";

// The promise resolves when the waiting is over: Ctrl-C, or SIGTERM. Until then
// the program stands at this await, and each message calls our function.
await subscribe(
  brokerUrl(),
  TOPIC,
  ({ topic, text }) => console.log(`${printable(topic)}  ${printable(text)}`),
  true,
  // A lost connection is restored, and subscribed again, without our help.
  { onSubscribe: () => console.error("Waiting for messages...") },
).catch(exitWithError);

// Only now does the program come to its next line.
console.error("The waiting is over");

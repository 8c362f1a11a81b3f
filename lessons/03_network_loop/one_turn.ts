/**
 * @title Take one turn at a time
 * @difficulty intermediate
 * @tags network loop, loop, messages, timeout
 * @run deno run --allow-env --allow-net lessons/03_network_loop/one_turn.ts
 *
 * The third way to wait: for one message, but no longer than a second, and then
 * again. What paho calls `loop(timeout)`.
 */
import { brokerUrl, exitWithError } from "../../lib/mod.ts";
import { messages, printable } from "../../lib/mod.ts";

const TOPIC = "paho/temperature";
const TIMEOUT = 1.0; // In seconds, as long as paho's own.
const TURNS = 6;

// Messages as something that we can ask for the next one. Asking for the first
// one also connects.
const enough = new AbortController();
const stream = messages(brokerUrl(), TOPIC, { signal: enough.signal });
let next = stream.next();

// One turn: the next message or the timeout, whichever comes first.
async function loop(timeout: number) {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), timeout * 1000);
  const outcome = await Promise.race([next, late]);
  clearTimeout(timer);
  return outcome;
}

try {
  for (let turn = 1; turn <= TURNS; turn++) {
    const outcome = await loop(TIMEOUT);
    if (outcome === "late") {
      // What we asked for is still to come: the next turn waits for the same.
      console.log(`Turn ${turn}: nothing in ${TIMEOUT} s`);
      continue;
    }
    if (outcome.done) break; // Ctrl-C ends the stream.
    const { topic, text } = outcome.value;
    console.log(`Turn ${turn}: ${printable(topic)}  ${printable(text)}`);
    next = stream.next();
  }
  // End the stream, and wait until it has disconnected.
  enough.abort();
  await next;
} catch (error) {
  exitWithError(error);
}

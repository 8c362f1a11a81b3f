/**
 * @title Do other work while messages arrive
 * @difficulty beginner
 * @tags network loop, loop_start, loop_stop, subscribe
 * @run deno run --allow-env --allow-net lessons/03_network_loop/background.ts
 *
 * The second way to wait: the program goes on, and messages interrupt it. What
 * paho calls `loop_start()` and `loop_stop()`. It works for 10 seconds, or for
 * as many as you say.
 */
import { brokerUrl, exitWithError, StopSignal } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

const TOPIC = "paho/temperature";

const [argument = "10"] = Deno.args;
const seconds = Number(argument);
if (!Number.isInteger(seconds) || seconds < 1) {
  console.error(`Time is "${argument}": it must be a whole number of seconds`);
  Deno.exit(2);
}

// `false` means: don't wait for the end. The promise resolves as soon as the
// broker has granted the subscription.
using stop = new StopSignal();
const subscription = await subscribe(
  brokerUrl(),
  TOPIC,
  ({ topic, text }) => console.log(`${printable(topic)}  ${printable(text)}`),
  false,
  { signal: stop.signal },
).catch(exitWithError);

// The main program does its own work. At each await it lets go, and in that gap
// messages are handled. No second thread is needed for that.
for (let done = 1; done <= seconds && !stop.signal.aborted; done++) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.error(`${done} s of other work done`);
}

// Stop listening: this disconnects, as loop_stop() and disconnect() do.
await subscription.close();
console.log("end");

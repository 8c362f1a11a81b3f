/**
 * @title Block the event loop, and lose the connection
 * @difficulty intermediate
 * @tags network loop, keepalive, blocking
 * @run deno run --allow-env --allow-net lessons/03_network_loop/blocked_loop.ts
 *
 * Reads a sensor with code that really blocks: no `await`, no gap. While it
 * runs, nothing else in the program does, and the keepalive passes.
 */
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "paho/temperature";
const KEEPALIVE = 1; // In seconds.
const READING = 3; // In seconds.

// A sensor whose driver knows nothing of promises. It keeps the processor busy
// until it has the value.
function blockingRead(): number {
  const end = performance.now() + READING * 1000;
  while (performance.now() < end);
  return 21.5;
}

// We promise the broker to be heard from at least once a second. It gives us
// half as much again, and then takes us for dead.
using stop = new StopSignal();
const options = { keepalive: KEEPALIVE, signal: stop.signal };
await using client = await connect(brokerUrl(), options).catch(exitWithError);
let losses = 0;
client.on("close", () => losses++);
const start = performance.now();
const passed = () => ((performance.now() - start) / 1000).toFixed(1);
setTimeout(() => console.log(`${passed()} s: the timer for 0.5 s fires`), 500);

// Three seconds in one piece. No ping goes out, no timer fires, and not even
// Ctrl-C is heard.
const temperature = blockingRead();
console.log(`${passed()} s: the sensor has been read`);

// At QoS 1 this waits until the broker has the message. First the client must
// notice that the connection is gone, and connect again.
const published = client.publishAsync(TOPIC, `${temperature}`, { qos: 1 })
  .then(() => console.log(`${passed()} s: the broker has the reading`));
await Promise.race([published, stop.requested]);
console.log(`Connections lost: ${losses}`);

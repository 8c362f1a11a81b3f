/**
 * @title Leave what blocks to a thread
 * @difficulty advanced
 * @tags network loop, keepalive, blocking, Worker
 * @run deno run --allow-env --allow-net --allow-read=lessons/03_network_loop/_blocking_sensor.ts lessons/03_network_loop/read_in_thread.ts
 *
 * The same sensor and the same keepalive, but the reading has a thread of its
 * own: a `Worker`. paho gives the network a thread; here the sensor gets one.
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

// Start the thread. It shares no variables with us: we send each other messages.
const file = new URL("./_blocking_sensor.ts", import.meta.url);
const thread = new Worker(file, { type: "module" });

// So reading becomes a promise, which resolves when the thread sends the value.
function read(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  thread.onmessage = ({ data }) => resolve(data);
  thread.postMessage(READING);
  return promise;
}

using stop = new StopSignal();
const options = { keepalive: KEEPALIVE, signal: stop.signal };
await using client = await connect(brokerUrl(), options).catch(exitWithError);
let losses = 0;
client.on("close", () => losses++);
const start = performance.now();
const passed = () => ((performance.now() - start) / 1000).toFixed(1);
setTimeout(() => console.log(`${passed()} s: the timer for 0.5 s fires`), 500);

// The same three seconds, but our event loop is free: the timer fires, and pings
// keep the connection.
async function run() {
  const temperature = await read();
  console.log(`${passed()} s: the sensor has been read`);
  await client.publishAsync(TOPIC, `${temperature}`, { qos: 1 });
  console.log(`${passed()} s: the broker has the reading`);
  console.log(`Connections lost: ${losses}`);
}
await Promise.race([run(), stop.requested]);

// A thread that still listens would keep the program from ending.
thread.terminate();

/**
 * @title Publish what a slow sensor reads
 * @difficulty beginner
 * @tags network loop, publish, sensor
 * @run deno run --allow-env --allow-net lessons/03_network_loop/temperature_publisher.ts
 *
 * The main program is about the sensor alone: read, publish, read, publish. The
 * network runs in the background without a word about it.
 */
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "paho/temperature";

// A thermometer that takes its time: a reading comes after 1.2 seconds. Who
// awaits it stands still; the event loop doesn't.
const sensor = {
  async read(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 1200));
    return 20 + 5 * Math.random();
  },
};

// Wait for the broker, also for one that isn't there yet, until Ctrl-C.
using stop = new StopSignal();
const options = { timeout: Infinity, signal: stop.signal };
await using client = await connect(brokerUrl(), options).catch(exitWithError);
// A broker that refuses to take us back after a restart ends the program.
client.refused.catch(exitWithError);
console.error("Reading the sensor...");

while (!stop.signal.aborted) {
  // In this pause the network does its work: pings, answers, reconnects.
  const temperature = await sensor.read();
  // While there is no broker, drop the reading: nobody needs an old one later.
  if (client.connected) client.publish(TOPIC, temperature.toFixed(1));
}

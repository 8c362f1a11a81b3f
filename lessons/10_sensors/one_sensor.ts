/**
 * @title One temperature sensor
 * @difficulty beginner
 * @tags sensor, timer, publish
 * @run deno run --allow-env --allow-net lessons/10_sensors/one_sensor.ts
 *
 * Publishes a random temperature every 5 seconds, until Ctrl-C. With the
 * argument 10, it is ten times as fast.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { Sensor, StopSignal } from "../../lib/mod.ts";

const [speed = "1"] = Deno.args;
if (!(Number(speed) > 0)) {
  console.error(`Speed is "${speed}": it must be a number above 0`);
  Deno.exit(2);
}
const interval = 5 / Number(speed);

using stop = new StopSignal();
try {
  // 1. Connect, and wait for a broker that isn't there yet: a sensor may get its
  // power before the broker does.
  const options = { timeout: Infinity, signal: stop.signal };
  await using client = await connect(brokerUrl(), options);

  // 2. Describe the sensor: seconds, the least and the greatest value, topic.
  await using sensor = new Sensor(interval, [3, 10], "iot/user1/temp", {
    client,
    onValue: (value, topic) => console.log(`${topic} ${value}\n${interval}`),
  });

  // 3. Set it going. This sets a timer and returns at once: the program is free
  // to do something else.
  await sensor.start();
  console.log(interval);

  // 4. We have nothing else to do, so we wait: for Ctrl-C, or for a broker that
  // doesn't let us in again after a lost connection.
  await Promise.race([stop.requested, client.refused]);
} catch (error) {
  exitWithError(error);
}

/**
 * @title Four sensors
 * @difficulty beginner
 * @tags sensor, timers, event loop, shared connection
 * @run deno run --allow-env --allow-net lessons/10_sensors/four_sensors.ts
 *
 * Four sensors at once: four timers of one event loop, on one connection. With
 * the argument 10, they are ten times as fast.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { Sensor, StopSignal } from "../../lib/mod.ts";

// Seconds between two values, the least and the greatest value, and the topic.
const SENSORS: [number, [number, number], string][] = [
  [5, [3, 10], "iot/user1/temp"], // Temperature
  [7, [20, 60], "iot/user1/humi"], // Humidity
  [10, [20, 80], "iot/user1/illu"], // Illuminance
  [12, [0, 1], "iot/user1/dust"], // Fine dust
];

const [speed = "1"] = Deno.args;
if (!(Number(speed) > 0)) {
  console.error(`Speed is "${speed}": it must be a number above 0`);
  Deno.exit(2);
}

using stop = new StopSignal();
try {
  // 1. One connection is enough for all: a message says which topic it is for.
  const options = { timeout: Infinity, signal: stop.signal };
  await using client = await connect(brokerUrl(), options);

  // 2. Set them going. Each start() sets a timer and returns at once.
  await using running = new AsyncDisposableStack();
  for (const [seconds, range, topic] of SENSORS) {
    const interval = seconds / Number(speed);
    const onValue = (value: number | string) =>
      console.log(`${topic} ${value}\n${interval}`);
    const sensor = new Sensor(interval, range, topic, { client, onValue });
    await running.use(sensor).start();
    console.log(interval);
  }

  // 3. From here on, the event loop calls whichever is due. On Ctrl-C, what was
  // declared with `await using` ends: the sensors first, then the connection.
  await Promise.race([stop.requested, client.refused]);
} catch (error) {
  exitWithError(error);
}

import type { Client } from "../../lib/connect.ts";
import { Sensor, type SensorOptions } from "../../lib/sensor.ts";
import { describeError } from "../../lib/describe_error.ts";
import { printable } from "../../lib/printable.ts";
import { formatTimedReading } from "../../lib/timed_reading.ts";

/** The four sensors of document ko §5: seconds, range and topic. */
const FOUR_SENSORS: readonly [number, [number, number], string][] = [
  [5, [3, 10], "iot/user1/temp"],
  [7, [20, 60], "iot/user1/humi"],
  [10, [20, 80], "iot/user1/illu"],
  [12, [0, 1], "iot/user1/dust"],
];

/** What the four sensors have in common. */
interface FourSensorsOptions
  extends Pick<SensorOptions, "qos" | "sendTime" | "onValue" | "log"> {
  /** What the intervals are divided by. */
  speed: number;
}

/**
 * Starts the four sensors on one connection. Each publishes a reading at once, so
 * that there is something to see, and from then on at its interval.
 */
export async function startFourSensors(
  client: Client,
  { speed, ...options }: FourSensorsOptions,
): Promise<AsyncDisposable> {
  const sensors = FOUR_SENSORS.map(([interval, range, topic]) =>
    new Sensor(interval / speed, range, topic, { client, ...options })
  );
  for (const sensor of sensors) publishFirst(client, sensor, options);
  await Promise.all(sensors.map((sensor) => sensor.start()));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(sensors.map((sensor) => sensor.stop()));
    },
  };
}

/** `Sensor` is the document's, whose first value comes after one interval. */
function publishFirst(
  client: Client,
  { topic, range: [least, greatest] }: Sensor,
  options: Omit<FourSensorsOptions, "speed">,
): void {
  const { qos = 0, sendTime = false, onValue, log = console.error } = options;
  const value = least + Math.random() * (greatest - least);
  onValue?.(value, topic);
  const payload = sendTime ? formatTimedReading(value) : `${value}`;
  client.publishAsync(topic, payload, { qos }).catch((error) =>
    log(printable(`Sensor on ${topic} failed: ${describeError(error)}`))
  );
}

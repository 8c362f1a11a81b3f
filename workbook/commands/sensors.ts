/**
 * The publishing half of the main job: four virtual sensors (document ko §5 a).
 *
 * @module
 */
import { connect, StopSignal } from "../../lib/mod.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";
import { type Options, runProgram } from "../options/program.ts";

const HELP = `
Publishes the readings of four virtual sensors below iot/user1/.

Usage: deno task sensors [-h HOST] [-q QOS] [--time] [--speed N]

  -h HOST     the broker: a name, name:port or URL (MQTT_URL, then localhost)
  -q QOS      publish at quality of service 0 (the default), 1 or 2
  --time      send the time with each value, as JSON: {"time": …, "value": …}
  --speed N   divide the sensors' intervals (5, 7, 10 and 12 s) by N

Each sensor is read at once, and then at its interval.
`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["host", "qos", "speed"],
    boolean: ["time"],
    alias: { h: "host", q: "qos" },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  using _hint = tellMissingBroker(options);
  const speed = options.number("speed", { least: 0.001, whole: false }) ?? 1;
  const qos = options.number("qos", { least: 0, most: 2 }) as 0 | 1 | 2 ?? 0;
  using stop = new StopSignal();
  try {
    await using client = await connect(options.text("host"), {
      timeout: Infinity,
      signal: stop.signal,
    });
    await using _sensors = await startFourSensors(client, {
      speed,
      qos,
      sendTime: options.has("time"),
      onValue: (value, topic) => console.log(`${topic}  ${value}`),
    });
    await Promise.race([stop.requested, client.refused]);
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  }
}

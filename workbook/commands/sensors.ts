/**
 * The publishing half of the main job: four virtual sensors (document ko §5 a).
 *
 * @module
 */
import { connect } from "../../lib/connect.ts";
import { StopSignal } from "../../lib/stop_signal.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import { startFourSensors } from "../main_job/four_sensors.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readQos,
} from "../options/mosquitto_options.ts";
import { type Options, runProgram } from "../options/program.ts";
import { enterUserFolder } from "../options/user_folder.ts";

const HELP = `
Publishes the readings of four virtual sensors below iot/user1/.

Usage: deno task sensors [-q QOS] [--time] [--speed N] [OPTION]...

  -q QOS        publish at quality of service 0 (the default), 1 or 2
  --time        send the time with each value, as JSON: {"time": …, "value": …}
  --speed N     divide the sensors' intervals (5, 7, 10 and 12 s) by N

  ${CONNECTION_HELP}

Each sensor is read at once, and then at its interval.
`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["qos", "speed", ...CONNECTION_NAMES.string],
    boolean: ["time", ...CONNECTION_NAMES.boolean],
    alias: { q: "qos", ...CONNECTION_NAMES.alias },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  enterUserFolder();
  using _hint = tellMissingBroker(options);
  const speed = options.number("speed", { least: 0.001, whole: false }) ?? 1;
  const qos = readQos(options, "qos");
  const { host, ...connection } = await readConnection(options);
  using stop = new StopSignal();
  try {
    await using client = await connect(host, {
      ...connection,
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

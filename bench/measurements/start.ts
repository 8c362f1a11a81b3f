import { findPeer, type Peer } from "../../testing/peers.ts";
import { startChild } from "../_children.ts";
import { startMosquitto } from "../_brokers.ts";
import { denoProgram, FOLDER, pythonProgram, TOPIC } from "../_programs.ts";
import { median } from "../_results.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_rounds.ts";

const CLIENT_ID = "publisher";

/** How often an import runs in a round: one start is so short that it says little. */
const STARTS = 10;

/** How lessons are run: with a lock file, Deno would find the packages sooner. */
const RUN = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--allow-env",
  "--allow-net",
];

/** From the start of a program that publishes one message to its end. */
export function coldStartMeasurements(): Measurement[] {
  return [{
    name: "cold-start",
    title: "publish one message and exit, all cached",
    unit: "ms",
    contestants: [
      publisher(TOOLKIT, [], (port) => [
        ...[Deno.execPath(), "task", "--quiet", "pub"],
        ...messageFlags(port),
      ]),
      publisher("MQTT.js, by deno task", [], (port) => [
        ...[Deno.execPath(), "task", "--quiet", "--eval"],
        mqttjs(port).map((word) => `'${word}'`).join(" "),
      ]),
      publisher("MQTT.js", [], mqttjs),
      publisher(
        "paho",
        ["paho"],
        (port) => pythonProgram("paho_once.py", { port, clientId: CLIENT_ID }),
      ),
      publisher("mosquitto_pub", ["mosquitto_pub"], (port) => [
        findPeer("mosquitto_pub")!,
        ...messageFlags(port),
      ]),
    ],
    goals: [
      { peer: "MQTT.js, by deno task", most: 1.15 },
      { peer: "paho", most: 2 },
    ],
  }];
}

/** From the start of a program that only imports a library to its end. */
export function importMeasurements(scale: number): Measurement[] {
  const starts = Math.ceil(STARTS * scale);
  const importer = (name: string, command: string[]) =>
    contestant(name, [], {
      ...{ starts, messages: 0 },
      start: () => timeOf(command),
    });
  return [{
    name: "import",
    title: "import a library and exit, all cached",
    unit: "ms",
    contestants: [
      importer(TOOLKIT, [...RUN, "bench/peers/toolkit_import.ts"]),
      importer("MQTT.js", [...RUN, "bench/peers/mqttjs_import.ts"]),
    ],
    goals: [{ peer: "MQTT.js", most: 1.25 }],
  }];
}

function mqttjs(port: number): string[] {
  return denoProgram("mqttjs_publish.ts", { port, clientId: CLIENT_ID });
}

function messageFlags(port: number): string[] {
  const place = ["-h", "127.0.0.1", "-p", `${port}`];
  return [...place, "-i", CLIENT_ID, "-t", TOPIC, "-m", "21.5"];
}

function publisher(
  name: string,
  needs: Peer[],
  command: (port: number) => string[],
): Contestant {
  return contestant(name, ["mosquitto", ...needs], {
    ...{ starts: 1, messages: 1 },
    async start() {
      await using mosquitto = await startMosquitto();
      const milliseconds = await timeOf(command(mosquitto.port));
      await mosquitto.sessionOf(CLIENT_ID);
      return milliseconds;
    },
  });
}

/** A program that is started once more ahead of the first round, to be cached. */
function contestant(
  name: string,
  needs: Peer[],
  { starts, messages, start }: {
    starts: number;
    messages: number;
    start: () => Promise<number>;
  },
): Contestant {
  let isCached = false;
  return {
    name,
    needs,
    async run() {
      if (!isCached) await start();
      isCached = true;
      const milliseconds = [];
      for (let index = 0; index < starts; index++) {
        milliseconds.push(await start());
      }
      return { value: median(milliseconds), messages };
    },
  };
}

/** The milliseconds from a program's start to its end. */
async function timeOf(command: string[]): Promise<number> {
  const start = performance.now();
  await using child = startChild(command, { quiet: true, folder: FOLDER });
  await child.finished();
  return performance.now() - start;
}

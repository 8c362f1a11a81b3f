import { findPeer, type Peer } from "../../testing/peers.ts";
import { startChild } from "../_children.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_measurement.ts";
import { startMosquitto } from "../_mosquitto.ts";
import { denoProgram, FOLDER, pythonProgram, TOPIC } from "../_programs.ts";

const CLIENT_ID = "publisher";

/** From the start of a program that publishes one message to its end. */
export function coldStartMeasurements(): Measurement[] {
  const task = (port: number) => [
    ...[Deno.execPath(), "task", "--quiet", "pub"],
    ...messageFlags(port),
  ];
  return [{
    name: "cold-start",
    title: "publish one message and exit, all cached",
    unit: "ms",
    contestants: [
      contestant(TOOLKIT, [], task),
      contestant("MQTT.js, by deno task", [], (port) => [
        ...[Deno.execPath(), "task", "--quiet", "--eval"],
        mqttjs(port).map((word) => `'${word}'`).join(" "),
      ]),
      contestant("MQTT.js", [], mqttjs),
      contestant(
        "paho",
        ["paho"],
        (port) => pythonProgram("paho_once.py", { port, clientId: CLIENT_ID }),
      ),
      contestant("mosquitto_pub", ["mosquitto_pub"], (port) => [
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

function mqttjs(port: number): string[] {
  return denoProgram("mqttjs_publish.ts", { port, clientId: CLIENT_ID });
}

function messageFlags(port: number): string[] {
  const place = ["-h", "127.0.0.1", "-p", `${port}`];
  return [...place, "-i", CLIENT_ID, "-t", TOPIC, "-m", "21.5"];
}

function contestant(
  name: string,
  needs: Peer[],
  command: (port: number) => string[],
): Contestant {
  let isCached = false;
  return {
    name,
    needs: ["mosquitto", ...needs],
    async run() {
      if (!isCached) await publishOnce(command);
      isCached = true;
      return { value: await publishOnce(command), messages: 1 };
    },
  };
}

/** Returns the milliseconds that it took. */
async function publishOnce(
  command: (port: number) => string[],
): Promise<number> {
  await using mosquitto = await startMosquitto();
  const start = performance.now();
  await using program = startChild(command(mosquitto.port), {
    quiet: true,
    folder: FOLDER,
  });
  await program.finished();
  const milliseconds = performance.now() - start;
  await mosquitto.sessionOf(CLIENT_ID);
  return milliseconds;
}

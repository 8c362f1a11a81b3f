import type { Peer } from "../../testing/peers.ts";
import { startChild } from "../_children.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_rounds.ts";
import { denoProgram, type Job, pythonProgram } from "../_programs.ts";
import { BROKERS, type MeasuredBroker } from "../_brokers.ts";

const MESSAGES = 20_000;

/** What a run prints, in microseconds. */
type Latencies = Record<"median" | "p99", number>;

/** One message at a time at QoS 1: from its publish to its arrival. */
export function latencyMeasurements(scale: number): Measurement[] {
  const job = { messages: Math.ceil(MESSAGES * scale) };
  return BROKERS.flatMap(({ name, title, broker }) =>
    (["median", "p99"] as const).map((figure): Measurement => {
      const contestant = (
        name: string,
        needs: Peer[],
        command: (job: Job) => string[],
      ): Contestant => ({
        name,
        needs: [...broker.needs, ...needs],
        async run() {
          const latencies = await ping(broker, command, job);
          return { value: latencies[figure], messages: job.messages };
        },
      });
      const deno = (program: string) => (job: Job) => denoProgram(program, job);
      return {
        name: `latency/${name}/${figure}`,
        title: `one message at a time at QoS 1 through ${title}, ${figure}`,
        unit: "µs",
        contestants: [
          contestant(TOOLKIT, [], deno("toolkit_ping.ts")),
          contestant("MQTT.js", [], deno("mqttjs_ping.ts")),
          contestant(
            "paho",
            ["paho"],
            (job) => pythonProgram("paho_ping.py", job),
          ),
          contestant(
            "mosquitto's clients",
            ["mosquitto_pub", "mosquitto_sub"],
            deno("mosquitto_ping.ts"),
          ),
        ],
      };
    })
  );
}

async function ping(
  broker: MeasuredBroker,
  command: (job: Job) => string[],
  job: Job,
): Promise<Latencies> {
  await using running = await broker.start();
  await using child = startChild(command({ ...job, port: running.port }));
  const latencies = await child.next<Latencies>();
  await child.finished();
  return latencies;
}

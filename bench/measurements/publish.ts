import { findPeer, type Peer } from "../../testing/peers.ts";
import { startChild } from "../_children.ts";
import {
  type Contestant,
  type Measurement,
  type Sample,
  TOOLKIT,
} from "../_rounds.ts";
import { startMosquitto } from "../_brokers.ts";
import {
  denoProgram,
  type Job,
  pythonProgram,
  READINGS,
  TOPIC,
} from "../_programs.ts";

const CLIENT_ID = "publisher";

/**
 * How many messages at QoS 1 and 2 are sent with which in-flight window: enough
 * that a program's first tenth of a second, in which it is compiled, counts little.
 * paho gives each message that waits an id of its own, so they can't exceed 65,535.
 */
const WINDOWS = [
  { window: 1, messages: 50_000 },
  { window: 16, messages: 60_000 },
  { window: 1000, messages: 60_000 },
];

/** Runs a publisher, and returns the seconds from its CONNECT to its DISCONNECT. */
type Destination = (
  command: (port: number) => string[],
) => Promise<{ seconds: number; received?: number }>;

/**
 * Publishing to mosquitto, to which nobody is subscribed, timed by mosquitto's
 * log: no program's start-up counts, and all that it has published does. At QoS 0
 * into a sink, too: there mosquitto would be the slower side.
 */
export function publishMeasurements(scale: number): Measurement[] {
  const windows = WINDOWS.map(({ window, messages }) => ({
    window,
    messages: messages * scale,
  }));
  return [
    withoutAcknowledgement(scale, {
      name: "publish/qos0",
      title: "publish at QoS 0 through mosquitto",
      into: intoMosquitto,
      goals: [
        { peer: "paho", least: 4, aim: 5 },
        { peer: "mosquitto_pub -l", least: 0.75, aim: 0.9 },
      ],
    }),
    withoutAcknowledgement(scale, {
      name: "publish/sink",
      title: "publish at QoS 0 into a sink",
      into: intoSink,
      // They pass at a million a second.
      times: 3,
      goals: [{ peer: "mosquitto_pub -l", least: 0.9 }],
    }),
    ...windows.map((job) => withAcknowledgement({ qos: 1, ...job })),
    ...windows.map((job) => withAcknowledgement({ qos: 2, ...job })),
  ];
}

function withoutAcknowledgement(
  scale: number,
  { into, times = 1, ...measurement }:
    & Pick<Measurement, "name" | "title" | "goals">
    & { into: Destination; times?: number },
): Measurement {
  const many = 1_000_000 * scale * times;
  const fewer = 300_000 * scale;
  const plainLoop = { messages: 20_000 * scale, window: 0 };
  return {
    ...measurement,
    unit: "messages/s",
    contestants: [
      deno(TOOLKIT, "toolkit_publish.ts", { messages: many }, into),
      deno("MQTT.js", "mqttjs_publish.ts", { messages: many }, into),
      deno("MQTT.js, plain loop", "mqttjs_publish.ts", plainLoop, into),
      python("paho", { messages: fewer }, into),
      mosquittoPub(many, into),
    ],
  };
}

function withAcknowledgement(
  job: { qos: 1 | 2; window: number; messages: number },
): Measurement {
  const { qos, window } = job;
  return {
    name: `publish/qos${qos}/window${window}`,
    title: `publish at QoS ${qos} through mosquitto, ${window} in flight`,
    unit: "messages/s",
    contestants: [
      deno(TOOLKIT, "toolkit_publish.ts", job),
      deno("MQTT.js", "mqttjs_publish.ts", job),
      python("paho", job),
      python("paho, own window", { ...job, ownWindow: true }),
    ],
    goals: [
      { peer: "MQTT.js", least: 1 },
      { peer: "paho", least: window === 1000 ? 1.3 : 1.1 },
    ],
  };
}

type PublishJob = Job & { messages: number };

function deno(
  name: string,
  program: string,
  job: PublishJob,
  into = intoMosquitto,
): Contestant {
  const command = (port: number) =>
    denoProgram(program, { ...job, port, clientId: CLIENT_ID });
  return contestant(name, [], () => publish(job.messages, command, into));
}

function python(
  name: string,
  job: PublishJob,
  into = intoMosquitto,
): Contestant {
  const command = (port: number) =>
    pythonProgram("paho_publish.py", { ...job, port, clientId: CLIENT_ID });
  return contestant(name, ["paho"], () => publish(job.messages, command, into));
}

function mosquittoPub(messages: number, into: Destination): Contestant {
  return contestant("mosquitto_pub -l", ["mosquitto_pub"], async () => {
    const file = await Deno.makeTempFile({ prefix: "bench_" });
    try {
      await writeReadings(file, messages);
      const flags = ["-h", "127.0.0.1", "-i", CLIENT_ID, "-t", TOPIC, "-l"];
      return await publish(messages, (port) => [
        ...["sh", "-c", 'exec "$@" <"$0"', file],
        ...[findPeer("mosquitto_pub")!, ...flags, "-p", `${port}`],
      ], into);
    } finally {
      await Deno.remove(file);
    }
  });
}

function contestant(
  name: string,
  needs: Peer[],
  run: () => Promise<Sample>,
): Contestant {
  return { name, needs: ["mosquitto", ...needs], run };
}

async function publish(
  messages: number,
  command: (port: number) => string[],
  into: Destination,
): Promise<Sample> {
  const { seconds, received = messages } = await into(command);
  return { value: messages / seconds, messages, lost: messages - received };
}

const intoMosquitto: Destination = async (command) => {
  await using mosquitto = await startMosquitto();
  await using program = startChild(command(mosquitto.port), { quiet: true });
  await program.finished();
  return { seconds: await mosquitto.sessionOf(CLIENT_ID) };
};

const intoSink: Destination = async (command) => {
  await using sink = startChild(denoProgram("sink.ts", {}));
  const { port } = await sink.next<{ port: number }>();
  await using program = startChild(command(port), { quiet: true });
  await program.finished();
  return await sink.next<{ seconds: number; received: number }>();
};

async function writeReadings(file: string, messages: number): Promise<void> {
  const lines = READINGS.map((reading) => `${reading}\n`);
  const thousand = lines.join("");
  const whole = Math.floor(messages / lines.length);
  const rest = lines.slice(0, messages % lines.length).join("");
  await Deno.writeTextFile(file, thousand.repeat(whole) + rest);
}

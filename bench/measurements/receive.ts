import { findPeer } from "../../testing/peers.ts";
import {
  type Contestant,
  type Measurement,
  type Sample,
  TOOLKIT,
} from "../_rounds.ts";
import { denoProgram, FILTER, type Job, pythonProgram } from "../_programs.ts";
import { startChild } from "../_children.ts";

/** Receiving from a socket that sends prepared packets as fast as it can. */
export function receiveMeasurements(scale: number): Measurement[] {
  const many = 1_500_000 * scale;
  const fewer = 300_000 * scale;
  return [{
    name: "receive",
    title: "receive at QoS 0 from a socket",
    unit: "messages/s",
    contestants: [
      deno(TOOLKIT, "toolkit_receive.ts", many),
      deno("MQTT.js", "mqttjs_receive.ts", many),
      {
        name: "paho",
        needs: ["paho"],
        run: () =>
          blast(
            fewer,
            (port) =>
              pythonProgram("paho_receive.py", { port, messages: fewer }),
          ),
      },
      mosquittoSub(1_000_000 * scale),
    ],
    goals: [
      { peer: "MQTT.js", least: 0.8, aim: 0.95 },
      { peer: "paho", least: 5, aim: 7 },
    ],
  }];
}

function deno(name: string, program: string, messages: number): Contestant {
  const command = (port: number) => denoProgram(program, { port, messages });
  return { name, needs: [], run: () => blast(messages, command) };
}

/** Its output goes to /dev/null. */
function mosquittoSub(messages: number): Contestant {
  return {
    name: "mosquitto_sub",
    needs: ["mosquitto_sub"],
    run: () =>
      blast(messages, (port) => [
        ...[findPeer("mosquitto_sub")!, "-h", "127.0.0.1", "-p", `${port}`],
        ...["-t", FILTER, "-C", `${messages}`],
      ]),
  };
}

/** Receiving from a socket and appending each reading to a CSV file. */
export function recordMeasurements(scale: number): Measurement[] {
  const many = 1_500_000 * scale;
  return [{
    name: "record",
    title: "record to a CSV file, from a socket",
    unit: "rows/s",
    contestants: [
      contestant(TOOLKIT, { messages: many, program: toolkit }),
      deno(ONLY_RECEIVING, "toolkit_receive.ts", many),
      {
        ...contestant("paho", { messages: 80_000 * scale, program: paho }),
        needs: ["paho"],
      },
    ],
    goals: [
      { peer: "paho", least: 8 },
      { peer: ONLY_RECEIVING, least: 0.75 },
    ],
  }];
}

/** The toolkit without the recorder: what is missing to it is the rows' cost. */
const ONLY_RECEIVING = "toolkit, only receiving";

const toolkit = (job: Job) => denoProgram("toolkit_receive.ts", job);
const paho = (job: Job) => pythonProgram("paho_receive.py", job);

function contestant(
  name: string,
  { messages, program }: { messages: number; program: (job: Job) => string[] },
): Contestant {
  return {
    name,
    needs: [],
    async run(): Promise<Sample> {
      const file = await Deno.makeTempFile({ prefix: "bench_" });
      try {
        const sample = await blast(
          messages,
          (port) => program({ port, messages, file }),
        );
        // The clock has stopped at the DISCONNECT, when all had to be there.
        return { ...sample, lost: messages - await countLines(file) };
      } finally {
        await Deno.remove(file);
      }
    },
  };
}

const NEWLINE = 10;

async function countLines(path: string): Promise<number> {
  using file = await Deno.open(path);
  let lines = 0;
  for await (const chunk of file.readable) {
    for (const byte of chunk) if (byte === NEWLINE) lines++;
  }
  return lines;
}

/**
 * Runs a subscriber against the blaster, which takes the time from the first
 * reading to the subscriber's DISCONNECT: no program's start-up counts.
 */
async function blast(
  messages: number,
  subscriber: (port: number) => string[],
): Promise<Sample> {
  await using blaster = startChild(denoProgram("blaster.ts", { messages }));
  const { port } = await blaster.next<{ port: number }>();
  await using child = startChild(subscriber(port), { quiet: true });
  await child.finished();
  const { seconds } = await blaster.next<{ seconds: number }>();
  await blaster.finished();
  return { value: messages / seconds, messages };
}

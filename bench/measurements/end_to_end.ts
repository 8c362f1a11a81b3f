import type { Peer } from "../../lib/testing/peers.ts";
import { startChild } from "../_children.ts";
import {
  type Contestant,
  type Measurement,
  type Sample,
  TOOLKIT,
} from "../_measurement.ts";
import { startMosquitto } from "../_mosquitto.ts";
import { denoProgram, type Job, pythonProgram } from "../_programs.ts";

/** A broker in a process of its own. */
interface Place {
  name: string;
  needs: Peer[];
  start: () => Promise<AsyncDisposable & { port: number }>;
}

const PLACES: Place[] = [
  { name: "mosquitto", needs: ["mosquitto"], start: startMosquitto },
  { name: "embedded", needs: [], start: startEmbedded },
];

/** How many messages are sent at which QoS with which in-flight window. */
const FLOWS = [
  { qos: 0, window: 0, messages: 200_000 },
  { qos: 1, window: 1, messages: 6_000 },
  { qos: 1, window: 16, messages: 20_000 },
  { qos: 1, window: 1000, messages: 40_000 },
  { qos: 2, window: 1, messages: 4_000 },
  { qos: 2, window: 16, messages: 12_000 },
  { qos: 2, window: 1000, messages: 24_000 },
] as const;

/**
 * From one client's first publish to another's last message, through mosquitto
 * and through the embedded broker: three processes.
 */
export function endToEndMeasurements(scale: number): Measurement[] {
  return PLACES.flatMap((place) =>
    FLOWS.map(({ qos, window, messages }): Measurement => {
      const job = {
        qos,
        messages: messages * scale,
        end: true,
        ...(window > 0 && { window }),
      };
      const suffix = window === 0 ? "" : `/window${window}`;
      const inFlight = window === 0 ? "" : `, ${window} in flight`;
      return {
        name: `end-to-end/${place.name}/qos${qos}${suffix}`,
        title: `publisher to subscriber at QoS ${qos} through ${
          place.name === "embedded" ? "the embedded broker" : place.name
        }${inFlight}`,
        unit: "messages/s",
        contestants: [
          contestant(TOOLKIT, { place, job, programs: TOOLKIT_PAIR }),
          contestant("paho", { place, job, programs: PAHO_PAIR }),
        ],
      };
    })
  );
}

type Program = (job: Job) => string[];

interface Pair {
  needs: Peer[];
  publish: Program;
  receive: Program;
}

const TOOLKIT_PAIR: Pair = {
  needs: [],
  publish: (job) => denoProgram("toolkit_publish.ts", job),
  receive: (job) => denoProgram("toolkit_receive.ts", job),
};
const PAHO_PAIR: Pair = {
  needs: ["paho"],
  publish: (job) => pythonProgram("paho_publish.py", job),
  receive: (job) => pythonProgram("paho_receive.py", job),
};

function contestant(
  name: string,
  { place, job, programs }: {
    place: Place;
    job: Job & { messages: number };
    programs: Pair;
  },
): Contestant {
  return {
    name,
    needs: [...place.needs, ...programs.needs],
    async run(): Promise<Sample> {
      await using broker = await place.start();
      const { port } = broker;
      const { messages } = job;
      await using subscriber = startChild(programs.receive({ ...job, port }));
      await subscriber.next();
      await using publisher = startChild(
        programs.publish({ ...job, port, clientId: "publisher" }),
      );
      const { started } = await publisher.next<{ started: number }>();
      const { ended, received } = await subscriber.next<
        { ended: number; received: number }
      >();
      await Promise.all([publisher.finished(), subscriber.finished()]);
      const value = received / (ended - started) * 1000;
      return { value, messages, lost: messages - received };
    },
  };
}

async function startEmbedded(): Promise<AsyncDisposable & { port: number }> {
  const child = startChild(denoProgram("embedded_broker.ts", {}));
  const { port } = await child.next<{ port: number }>();
  return { port, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

import { startChild } from "../_children.ts";
import {
  type Contestant,
  type Measurement,
  type Sample,
  TOOLKIT,
} from "../_rounds.ts";
import { denoProgram, type Job, pythonProgram } from "../_programs.ts";
import {
  BROKERS,
  EMBEDDED,
  type MeasuredBroker,
  MOSQUITTO,
} from "../_brokers.ts";
import type { Peer } from "../../testing/peers.ts";

/** What takes part besides the broker: programs of `peers/`. */
interface Clients {
  publish: (job: Job) => string[];
  receive: (job: Job) => string[];
}

const TOOLKIT_CLIENTS: Clients = {
  publish: (job) => denoProgram("toolkit_publish.ts", job),
  receive: (job) => denoProgram("toolkit_receive.ts", job),
};

/** Clients that know their packets beforehand and cost next to nothing. */
const PREPARED_CLIENTS: Clients = {
  publish: (job) => denoProgram("prepared_publish.ts", job),
  receive: (job) => denoProgram("counting_receive.ts", job),
};

/**
 * Sends messages from one program to another through a broker: three processes.
 *
 * @returns How many arrive a second, from the first publish to the arrival of the
 *   message that follows the last one.
 */
async function relay(
  job: Job & { messages: number },
  { broker, publish, receive }: Clients & { broker: MeasuredBroker },
): Promise<Sample> {
  await using running = await broker.start();
  const { port } = running;
  const messages = job.messages * (job.subscribers ?? 1);
  await using subscriber = startChild(receive({ ...job, port }));
  await subscriber.next();
  await using publisher = startChild(
    publish({ ...job, port, clientId: "publisher" }),
  );
  const { started } = await publisher.next<{ started: number }>();
  const { ended, received } = await subscriber.next<
    { ended: number; received: number }
  >();
  await Promise.all([publisher.finished(), subscriber.finished()]);
  const value = received / (ended - started) * 1000;
  return { value, messages, lost: messages - received };
}

const WINDOW = 1000;

/** With packets made beforehand, and to how many subscribers. */
const PREPARED = [
  { qos: 0, subscribers: 1, messages: 1_000_000, least: 0.9 },
  { qos: 0, subscribers: 5, messages: 300_000, least: 0.7 },
  { qos: 0, subscribers: 20, messages: 75_000, least: 0.7 },
  { qos: 1, subscribers: 1, messages: 200_000, least: 0.8 },
  { qos: 1, subscribers: 5, messages: 60_000, least: 0.7 },
  { qos: 1, subscribers: 20, messages: 15_000, least: 0.7 },
  { qos: 2, subscribers: 1, messages: 100_000, least: 0.8 },
].map((flow) => ({ ...flow, clients: PREPARED_CLIENTS }));

/** With the toolkit's own clients, which are the slower side. */
const TOOLKIT_TO_TOOLKIT = [
  { qos: 0, subscribers: 1, messages: 300_000, least: 0.9 },
  { qos: 1, subscribers: 1, messages: 100_000, least: 0.8 },
  { qos: 2, subscribers: 1, messages: 50_000, least: 0.8 },
].map((flow) => ({ ...flow, clients: TOOLKIT_CLIENTS }));

/** What the embedded broker and mosquitto carry between the same two programs. */
export function brokerMeasurements(scale: number): Measurement[] {
  return [...PREPARED, ...TOOLKIT_TO_TOOLKIT].map((flow): Measurement => {
    const { qos, subscribers, messages, least, clients } = flow;
    const job = {
      ...{ qos: qos as 0 | 1 | 2, subscribers, window: WINDOW, end: true },
      messages: messages * scale,
    };
    const contestant = (name: string, broker: MeasuredBroker) => ({
      ...{ name, needs: broker.needs },
      run: () => relay(job, { broker, ...clients }),
    });
    const isPrepared = clients === PREPARED_CLIENTS;
    const ending = isPrepared ? `subscribers${subscribers}` : "toolkit-clients";
    return {
      name: `broker/qos${qos}/${ending}`,
      title: isPrepared
        ? `a broker delivers at QoS ${qos}, ${subscribers} subscribed`
        : `a broker delivers at QoS ${qos} between the toolkit's clients`,
      unit: "messages/s",
      contestants: [
        contestant(TOOLKIT, EMBEDDED),
        contestant("mosquitto", MOSQUITTO),
      ],
      goals: [{ peer: "mosquitto", least }],
    };
  });
}

/** What the toolkit has to reach compared with paho, through each broker. */
const LEAST = { mosquitto: 1, embedded: 1.2 };

/** How many messages are sent at which QoS with which in-flight window. */
const FLOWS = [
  { qos: 0, window: 0, messages: 200_000 },
  { qos: 1, window: 1, messages: 40_000 },
  { qos: 1, window: 16, messages: 60_000 },
  { qos: 1, window: 1000, messages: 40_000 },
  { qos: 2, window: 1, messages: 25_000 },
  { qos: 2, window: 16, messages: 40_000 },
  { qos: 2, window: 1000, messages: 24_000 },
] as const;

/** From one client's first publish to another's last message, through a broker. */
export function endToEndMeasurements(scale: number): Measurement[] {
  return BROKERS.flatMap(({ name, title, broker }) =>
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
        name: `end-to-end/${name}/qos${qos}${suffix}`,
        title:
          `publisher to subscriber at QoS ${qos} through ${title}${inFlight}`,
        unit: "messages/s",
        contestants: [
          contestant(TOOLKIT, { broker, job, clients: TOOLKIT_PAIR }),
          contestant("paho", { broker, job, clients: PAHO_PAIR }),
        ],
        goals: [{ peer: "paho", least: LEAST[name] }],
      };
    })
  );
}

type Pair = Clients & { needs: readonly Peer[] };

const TOOLKIT_PAIR: Pair = { needs: [], ...TOOLKIT_CLIENTS };
const PAHO_PAIR: Pair = {
  needs: ["paho"],
  publish: (job) => pythonProgram("paho_publish.py", job),
  receive: (job) => pythonProgram("paho_receive.py", job),
};

function contestant(
  name: string,
  { broker, job, clients }: {
    broker: MeasuredBroker;
    job: Job & { messages: number };
    clients: Pair;
  },
): Contestant {
  return {
    name,
    needs: [...broker.needs, ...clients.needs],
    run: () => relay(job, { broker, ...clients }),
  };
}

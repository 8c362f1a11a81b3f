import type { Peer } from "../../testing/peers.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_measurement.ts";
import { type Job, pythonProgram } from "../_programs.ts";
import { BROKERS, type MeasuredBroker } from "./_brokers.ts";
import { type Clients, relay, TOOLKIT_CLIENTS } from "./_relay.ts";

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

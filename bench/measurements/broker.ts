import { type Measurement, TOOLKIT } from "../_measurement.ts";
import { denoProgram, type Job } from "../_programs.ts";
import { EMBEDDED, MOSQUITTO } from "./_brokers.ts";
import { relay } from "./_relay.ts";

/** How many messages are sent to how many subscribers, and what is to be reached. */
const FLOWS = [
  { qos: 0, subscribers: 1, messages: 400_000, least: 0.9 },
  { qos: 0, subscribers: 5, messages: 120_000, least: 0.7 },
  { qos: 0, subscribers: 20, messages: 40_000, least: 0.7 },
  { qos: 1, subscribers: 1, messages: 100_000, least: 0.8 },
  { qos: 1, subscribers: 5, messages: 30_000, least: 0.7 },
  { qos: 1, subscribers: 20, messages: 10_000, least: 0.7 },
  { qos: 2, subscribers: 1, messages: 50_000, least: 0.8 },
] as const;
const WINDOW = 1000;

const CLIENTS = {
  publish: (job: Job) => denoProgram("prepared_publish.ts", job),
  receive: (job: Job) => denoProgram("counting_receive.ts", job),
};

/**
 * What the embedded broker carries, and what mosquitto carries from the same two
 * programs, which know their packets beforehand and cost next to nothing.
 */
export function brokerMeasurements(scale: number): Measurement[] {
  return FLOWS.map(({ qos, subscribers, messages, least }): Measurement => {
    const job = {
      ...{ qos, subscribers, window: WINDOW, end: true },
      messages: messages * scale,
    };
    const run = (broker: typeof EMBEDDED) => relay(job, { broker, ...CLIENTS });
    const inFlight = qos === 0 ? "" : `/window${WINDOW}`;
    return {
      name: `broker/qos${qos}${inFlight}/subscribers${subscribers}`,
      title: `what a broker delivers at QoS ${qos} to ${subscribers} ${
        subscribers === 1 ? "subscriber" : "subscribers together"
      }`,
      unit: "messages/s",
      contestants: [
        { name: TOOLKIT, needs: EMBEDDED.needs, run: () => run(EMBEDDED) },
        {
          name: "mosquitto",
          needs: MOSQUITTO.needs,
          run: () => run(MOSQUITTO),
        },
      ],
      goals: [{ peer: "mosquitto", least }],
    };
  });
}

import { type Measurement, TOOLKIT } from "../_measurement.ts";
import { EMBEDDED, type MeasuredBroker, MOSQUITTO } from "./_brokers.ts";
import { PREPARED_CLIENTS, relay, TOOLKIT_CLIENTS } from "./_relay.ts";

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

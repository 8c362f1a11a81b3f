/**
 * A well-behaved client in a worker of its own: it publishes at QoS 1, receives
 * the same at QoS 1, and takes the time.
 *
 * @module
 */
import mqtt from "mqtt";

/** What the probe tells, several times a second and at its end. */
export interface ProbeReport {
  sent: number;
  received: number;
  /** The longest time from a publish to its arrival, in milliseconds. */
  worst: number;
  /** How long the oldest message that hasn't arrived is under way. */
  waiting: number;
  /** Why it can't go on, if so. */
  error?: string | undefined;
  /** Whether this is its last word. */
  isOver: boolean;
}

const TOPIC = "probe/time";
const PUBLISH_MILLISECONDS = 10;
const TELL_MILLISECONDS = 200;

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage: (report: ProbeReport) => void;
};
const sentAt = new Map<number, number>();
let [sent, received, worst] = [0, 0, 0];
let error: string | undefined;

scope.onmessage = async ({ data: url }) => {
  const client = mqtt.connect(url, { clientId: "probe", reconnectPeriod: 0 });
  let isStopping = false;
  client.on("error", (cause) => error ??= cause.message);
  client.on("close", () => {
    if (!isStopping) error ??= "The broker has closed the connection";
  });
  client.on("message", (_topic, payload) => {
    const number = Number(payload.toString());
    const start = sentAt.get(number);
    if (start === undefined) return;
    sentAt.delete(number);
    received++;
    worst = Math.max(worst, performance.now() - start);
  });
  await client.subscribeAsync(TOPIC, { qos: 1 });
  const publishing = setInterval(() => {
    sentAt.set(++sent, performance.now());
    client.publish(TOPIC, `${sent}`, { qos: 1 });
  }, PUBLISH_MILLISECONDS);
  const telling = setInterval(() => {
    tell(false);
    if (isStopping && sentAt.size === 0) end();
  }, TELL_MILLISECONDS);
  scope.onmessage = () => {
    isStopping = true;
    clearInterval(publishing);
  };
  function end(): void {
    clearInterval(telling);
    client.end(true, {}, () => tell(true));
  }
};

function tell(isOver: boolean): void {
  const [oldest = performance.now()] = sentAt.values();
  const waiting = performance.now() - oldest;
  scope.postMessage({ sent, received, worst, waiting, error, isOver });
}

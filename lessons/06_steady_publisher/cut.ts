/**
 * @title Count what is lost when the connection is cut
 * @difficulty intermediate
 * @tags QoS 0, QoS 1, lost connection, duplicates
 * @run deno run --allow-env --allow-net lessons/06_steady_publisher/cut.ts 0
 *
 * Publishes a thousand messages at the QoS that it is given, over a line that
 * it cuts midway, and counts at the broker which of them have arrived.
 */
import { assertQos, brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { type OnMessage, StopSignal, subscribe } from "../../lib/mod.ts";
import { startRelay } from "./_relay.ts";

const MESSAGES = 1000;
// A topic of our own, so that we count nobody else's messages.
const TOPIC = `tw/rocksaying/${crypto.randomUUID()}`;
const qos = Number(Deno.args[0] ?? 0);
const arrivals = new Map<string, number>();
const end = Promise.withResolvers<void>();

const onMessage: OnMessage = ({ text }) => {
  if (text === "end") end.resolve();
  else arrivals.set(text, (arrivals.get(text) ?? 0) + 1);
};

try {
  assertQos(qos);
  using stop = new StopSignal();
  const { signal } = stop;

  // 1. Count what arrives on a connection straight to the broker. Nothing cuts
  // this one, so it loses nothing.
  await using _counter = await subscribe(brokerUrl(), TOPIC, onMessage, false, {
    signal,
  });

  // 2. Publish through a relay, one message each millisecond. A bad line first
  // brings no answers, then lets nothing through, then breaks. Usually that is
  // a matter of milliseconds: we make it long enough to see what it does.
  await using relay = await startRelay(brokerUrl());
  await using client = await connect(relay.url, { signal });
  for (let i = 0; i < MESSAGES && !signal.aborted; i++) {
    if (i === 300) relay.holdAnswers();
    if (i === 400) relay.holdMessages();
    if (i === 600) await relay.cut();
    client.publish(TOPIC, `你好 mqtt - ${i}`, { qos });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  // 3. The client connects again by itself and sends what it still has. One
  // more message, behind all others, says that nothing comes after it.
  const last = client.publishAsync(TOPIC, "end", { qos: 2 });
  await Promise.race([last.then(() => end.promise), stop.requested]);
  const lost = MESSAGES - arrivals.size;
  const twice = [...arrivals.values()].filter((count) => count > 1).length;
  const counts = `${arrivals.size} arrived, ${lost} lost, ${twice} duplicated`;
  if (!signal.aborted) console.log(`QoS ${qos}: ${MESSAGES} sent, ${counts}`);
} catch (error) {
  exitWithError(error);
}

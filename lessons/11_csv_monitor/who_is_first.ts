/**
 * @title Who must come first?
 * @difficulty beginner
 * @tags publish, subscribe, order
 * @run deno run --allow-env --allow-net lessons/11_csv_monitor/who_is_first.ts
 *
 * Publishes a hundred messages before anyone has subscribed, then a hundred
 * after, and counts what arrives.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { type Client, type Message, subscribe } from "../../lib/mod.ts";

const COUNT = 100;
const url = brokerUrl();

// At QoS 1, await waits until the broker has confirmed that it has the message.
async function publishAll(client: Client, topic: string): Promise<void> {
  for (let number = 1; number <= COUNT; number++) {
    await client.publishAsync(topic, `${number}`, { qos: 1 });
  }
}

async function countReceived(publishesFirst: boolean): Promise<number> {
  // A topic that nobody else uses, so that we count nothing but our own.
  const topic = `who_is_first/${crypto.randomUUID()}`;
  let received = 0;
  const end = Promise.withResolvers<void>();
  const onMessage = ({ text }: Message) => {
    if (text === "end") end.resolve();
    else received++;
  };

  // The same steps, in one order or the other.
  await using client = await connect(url);
  if (publishesFirst) await publishAll(client, topic);
  await using _subscription = await subscribe(url, topic, onMessage, false);
  if (!publishesFirst) await publishAll(client, topic);

  // How long must we wait for what may never come? A connection keeps its
  // messages in order: when the last one is here, nothing else is on its way.
  await client.publishAsync(topic, "end", { qos: 1 });
  await end.promise;
  return received;
}

try {
  const late = await countReceived(true);
  console.log(`Publisher first: ${COUNT} published, ${late} received`);
  const inTime = await countReceived(false);
  console.log(`Subscriber first: ${COUNT} published, ${inTime} received`);
} catch (error) {
  exitWithError(error);
}

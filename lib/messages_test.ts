import { assertEquals } from "@std/assert";
import {
  BrokerUnreachableError,
  ConnectionRefusedError,
  SubscriptionRefusedError,
} from "./errors.ts";
import type { Message } from "./message.ts";
import { messages } from "./messages.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import { rejection, within } from "../testing/deadline.ts";
import { test, times } from "../testing/test.ts";
import { deliver } from "../testing/brokers/scripts.ts";
import { openBroker } from "../testing/brokers/embedded_broker.ts";

/** Reads a number of messages, each within a deadline. */
async function take(
  source: AsyncIterator<Message>,
  count: number,
): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { value } = await within("a message", source.next());
    texts.push((value as Message).text);
  }
  return texts;
}

/** A message that says that a subscription stands. */
const READY = { topic: "a", payload: "ready", retain: true, qos: 1 } as const;

for (const qos of [0, 1, 2] as const) {
  test.broker(`messages() gives messages in order at QoS ${qos}`, async (broker) => {
    const numbers = times(200, (index) => `${index}`);
    const all = numbers.map((payload) => ({ topic: "b", payload, qos }));
    await publishOnce(broker.url, READY);
    const source = messages(broker.url, "#", { qos });
    assertEquals(await take(source, 1), ["ready"]);
    await publishMany(broker.url, all);
    assertEquals(await take(source, 200), numbers);
    await source.return();
  });
}

test.scripted("messages() acknowledges a message when the next is asked for", async (broker) => {
  const source = messages(broker.url, "#", { qos: 1 });
  const first = source.next();
  await broker.received("subscribe");
  for (const id of [1, 2]) deliver(broker, { qos: 1, id });
  assertEquals((await within("the first", first)).value?.text, "1");
  assertEquals((await within("the second", source.next())).value?.text, "2");
  await broker.received("puback");
  await source.return();
  await broker.received("disconnect");
  const acknowledged = broker.all("puback");
  assertEquals(acknowledged.map(({ messageId }) => messageId), [1]);
});

test.broker("messages() ends its loop when the signal aborts", async (broker) => {
  const stop = new AbortController();
  await publishOnce(broker.url, READY);
  let count = 0;
  const { signal } = stop;
  for await (const _ of messages(broker.url, "#", { signal })) {
    count++;
    stop.abort();
  }
  assertEquals(count, 1);
});

test.broker("messages() passes on what the loop's body throws", async (broker) => {
  await publishOnce(broker.url, READY);
  const loop = async () => {
    for await (const { number } of messages(broker.url, "#")) number;
  };
  const words = 'Payload of a is not a number: "ready"';
  await rejection(loop(), TypeError, words);
});

Deno.test("messages() rejects if it can't connect, is refused, or may not subscribe", async () => {
  const log = () => {};
  const users = { info: "Password1234" };
  await using broker = await openBroker({ users, rules: [] });
  const url = broker.url.replace("//", "//info:Password1234@");
  const attempt = messages("127.0.0.1:1", "#", { timeout: 0.1, log }).next();
  await rejection(attempt, BrokerUnreachableError);
  await rejection(messages(broker.url, "#").next(), ConnectionRefusedError);
  await rejection(messages(url, "#").next(), SubscriptionRefusedError);
});

test.scripted("messages() ends at once when its loop is left with a message in hand", async (broker) => {
  const source = messages(broker.url, "#");
  const first = source.next();
  await broker.received("subscribe");
  deliver(broker, { topic: "a", text: "1", qos: 0 });
  await within("the message", first);
  await within("the end", source.return(), 2000);
});

import { assertEquals, assertRejects } from "@std/assert";
import {
  BrokerUnreachableError,
  ConnectionRefusedError,
  SubscriptionRefusedError,
} from "./errors.ts";
import type { Message } from "./message.ts";
import { messages } from "./messages.ts";
import { publishMany } from "./publish_once.ts";
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

for (const qos of [0, 1, 2] as const) {
  test.broker(`messages() gives messages in order at QoS ${qos}`, async (broker) => {
    const numbers = times(200, (index) => `${index}`);
    await publishMany(broker.url, [{
      topic: "a",
      payload: "ready",
      retain: true,
      qos: 1,
    }]);
    const source = messages(broker.url, "#", { qos });
    // The retained message says that the subscription stands.
    assertEquals(await take(source, 1), ["ready"]);
    await publishMany(
      broker.url,
      numbers.map((payload) => ({ topic: "b", payload, qos })),
    );
    assertEquals(await take(source, 200), numbers);
    await source.return();
  });
}

test.scripted("messages() acknowledges a message when the next is asked for", async (broker) => {
  const source = messages(broker.url, "#", { qos: 1 });
  const first = source.next();
  await broker.received("subscribe");
  for (const messageId of [1, 2]) {
    deliver(broker, {
      topic: "a",
      text: `${messageId}`,
      qos: 1,
      id: messageId,
    });
  }
  assertEquals((await within("the first", first)).value?.text, "1");
  assertEquals((await within("the second", source.next())).value?.text, "2");
  await broker.received("puback");
  await source.return();
  await broker.received("disconnect");
  const acknowledged = broker.all("puback");
  assertEquals(acknowledged.map(({ messageId }) => messageId), [1]);
});

test.broker("messages() ends its loop when the signal aborts", async (broker) => {
  const controller = new AbortController();
  await publishMany(broker.url, [{
    topic: "a",
    payload: "ready",
    retain: true,
    qos: 1,
  }]);
  let count = 0;
  for await (
    const _ of messages(broker.url, "#", { signal: controller.signal })
  ) {
    count++;
    controller.abort();
  }
  assertEquals(count, 1);
});

test.broker("messages() passes on what the loop's body throws", async (broker) => {
  await publishMany(broker.url, [{
    topic: "a",
    payload: "ready",
    retain: true,
    qos: 1,
  }]);
  await assertRejects(
    async () => {
      for await (const { number } of messages(broker.url, "#")) number;
    },
    TypeError,
    'Payload of a is not a number: "ready"',
  );
});

Deno.test("messages() rejects if it can't connect, is refused, or may not subscribe", async () => {
  const log = () => {};
  await using broker = await openBroker({
    users: { info: "Password1234" },
    rules: [],
  });
  const url = broker.url.replace("//", "//info:Password1234@");
  await rejection(
    messages("127.0.0.1:1", "#", { timeout: 0.1, log }).next(),
    BrokerUnreachableError,
  );
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

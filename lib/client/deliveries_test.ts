import { assert, assertEquals } from "@std/assert";
import type { Message } from "../message.ts";
import { publishMany, publishOnce } from "../publish_once.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  deliver,
  holder,
  listen,
  silent,
  untilPacket,
} from "../../testing/brokers/scripts.ts";
import { logged, test } from "../../testing/test.ts";

/** A handler that waits until it is released, and then counts. */
function slowHandler(count: number) {
  const released = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let handled = 0;
  return {
    async handle() {
      await released.promise;
      if (++handled === count) all.resolve();
    },
    release: released.resolve,
    all: () => within("all messages", all.promise),
  };
}

/** Blocks the handler, sends messages, and says how many were read by then. */
async function readWhileBusy(
  count: number,
  message: { qos: 0 | 1; text: string },
): Promise<number> {
  await using broker = await startScriptedBroker();
  const { handle, release, all } = slowHandler(count);
  const options = { keepalive: 1, qos: message.qos, log: silent };
  await using subscription = await listen(broker, handle, options);
  let read = 0;
  subscription.client.on("packetreceive", ({ cmd }) => {
    if (cmd === "publish") read++;
  });
  for (let id = 1; id <= count; id++) deliver(broker, { ...message, id });
  // Sent every half keepalive, so by then there was time to read everything.
  await broker.received("pingreq", 4);
  const readSoFar = read;
  release();
  await all();
  return readSoFar;
}

Deno.test("subscribe() lets a thousand messages or 16 MB wait, at QoS 0 and 1, and no more", async () => {
  const tries = ([0, 1] as const).map(async (qos) => {
    const [many, large] = await Promise.all([
      readWhileBusy(3000, { qos, text: "x" }),
      readWhileBusy(400, { qos, text: "x".repeat(100_000) }),
    ]);
    assert(many > 900 && many < 1100, `${many} were read at QoS ${qos}`);
    assert(large > 150 && large < 200, `${large} were read at QoS ${qos}`);
  });
  await Promise.all(tries);
});

test.scripted("subscribe() reads on for a handler that awaits its own publish behind a full queue", async (broker) => {
  const count = 3000;
  const all = Promise.withResolvers<void>();
  let handled = 0;
  await using _subscription = await listen(
    broker,
    async (_message: Message, client) => {
      if (handled === 0) {
        await broker.received("pingreq", 2);
        await client.publishAsync("iot/out", "1", { qos: 1 });
      }
      if (++handled === count) all.resolve();
    },
    { keepalive: 1, log: () => {} },
  );
  for (let id = 0; id < count; id++) deliver(broker, { qos: 0, text: "x" });
  await within("all messages", all.promise);
});

test.broker("subscribe() keeps its connection while a handler outlasts the keepalive", async (broker) => {
  const { lines, log } = logged();
  const { hold, called, release } = holder();
  const options = { qos: 1, keepalive: 1, log } as const;
  await using subscription = await listen(broker, hold, options);
  await publishOnce(broker.url, { topic: "iot/x", qos: 1 });
  await called();
  await untilPacket(subscription.client, "pingresp", 3);
  release();
  assertEquals(lines, []);
  assert(subscription.client.connected);
});

test.broker("subscribe() reports a handler's error with its topic and goes on", async (broker) => {
  const { lines, log } = logged();
  const { take, have, texts } = collector();
  const handler = (message: Message) => {
    if (message.text === "sync") throw new Error("sync failure");
    if (message.text === "async") {
      return Promise.reject(new Error("async failure"));
    }
    take(message);
  };
  await using _subscription = await listen(broker, handler, { qos: 1, log });
  const payloads = ["sync", "async", "good"];
  await publishMany(
    broker.url,
    payloads.map((payload) => ({ topic: `iot/${payload}`, payload, qos: 1 })),
  );
  await have(1);
  assertEquals(texts, ["iot/good good"]);
  assertEquals(lines, [
    "Handler failed on iot/sync: sync failure; the message stays unacknowledged",
    "Handler failed on iot/async: async failure; the message stays unacknowledged",
  ]);
});

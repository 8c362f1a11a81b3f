import { assert, assertEquals } from "@std/assert";
import { within } from "../../testing/deadline.ts";
import {
  deliver,
  holder,
  listen,
  until,
  untilPacket,
} from "../../testing/brokers/scripts.ts";
import { logged, test } from "../../testing/test.ts";

test.scripted("close() finishes the message in hand, and takes no other", async (broker) => {
  const { texts, hold, called, release } = holder();
  const subscription = await listen(broker, hold, { qos: 1 });
  deliver(broker, { qos: 1, id: 1 });
  await called();
  const closing = subscription.close();
  const second = untilPacket(subscription.client, "publish");
  deliver(broker, { qos: 1, id: 2 });
  await second;
  release();
  await within("close()", closing);
  await broker.received("disconnect");
  assertEquals(texts, ["1"]);
  assertEquals(
    broker.packets.slice(2).map(({ cmd, messageId }) => [cmd, messageId ?? 0]),
    [["puback", 1], ["disconnect", 0]],
  );
});

test.scripted("close() gives up a handler that never ends, and says so", async (broker) => {
  const { lines, log } = logged();
  const { hold, called } = holder();
  const subscription = await listen(broker, hold, { log });
  deliver(broker, { qos: 0 });
  await called();
  await within("close()", subscription.close(), 8000);
  assertEquals(lines, ["1 messages were not handled in time"]);
});

for (const awaits of [true, false]) {
  const when = awaits ? "has awaited" : "has awaited nothing yet";
  test.scripted(`close() in a handler that ${when} ends at once after it, and acknowledges its message`, async (broker) => {
    const { lines, log } = logged();
    const ended = Promise.withResolvers<number>();
    const subscription = await listen(broker, async (_message, client) => {
      if (awaits) await client.publishAsync("iot/y", "1", { qos: 1 });
      const start = performance.now();
      await subscription.close();
      // What the handler does after it still counts.
      await Promise.resolve();
      ended.resolve(performance.now() - start);
    }, { qos: 1, log });
    const closed = until(subscription.client, "end");
    deliver(broker, { qos: 1, id: 1 });
    const waited = await within("the handler", ended.promise);
    assert(waited < 2500, `close() took ${waited} ms`);
    await within("the end", closed, 2500);
    await broker.received("disconnect");
    const last = broker.packets.slice(-2).map(({ cmd }) => cmd);
    assertEquals(last, ["puback", "disconnect"]);
    assertEquals(lines, []);
    // Whoever else closes it waits for the end.
    await subscription.close();
    assert(!subscription.client.connected);
  });
}

test.scripted("close() waits for the handler if what a handler has begun calls it later", async (broker) => {
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();
  const order: string[] = [];
  const subscription = await listen(broker, async ({ text }) => {
    if (text === "2") {
      begun.resolve();
      await first.promise;
      order.push("handled");
    } else {
      // It goes on after the handler.
      begun.promise.then(async () => {
        const closed = subscription.close();
        first.resolve();
        await closed;
        order.push("closed");
        closing.resolve();
      });
    }
  }, { qos: 1 });
  deliver(broker, { qos: 1, id: 1 });
  deliver(broker, { qos: 1, id: 2 });
  await within("close()", closing.promise);
  assertEquals(order, ["handled", "closed"]);
});

test.scripted("close() ends also in a handler that has given no promise before", async (broker) => {
  const ended = Promise.withResolvers<number>();
  const subscription = await listen(broker, ({ text }, client) => {
    if (text === "1") return;
    const start = performance.now();
    return client.publishAsync("iot/y", "1", { qos: 1 })
      .then(() => subscription.close())
      .then(() => ended.resolve(performance.now() - start));
  }, { qos: 1 });
  deliver(broker, { qos: 1, id: 1 });
  deliver(broker, { qos: 1, id: 2 });
  const waited = await within("the handler", ended.promise);
  assert(waited < 2500, `close() took ${waited} ms`);
  await subscription.close();
});

test.scripted("close() in a handler without promises leaves nothing unhandled that has arrived", async (broker) => {
  const { lines, log } = logged();
  const texts: string[] = [];
  const release = Promise.withResolvers<void>();
  const subscription = await listen(broker, ({ text }) => {
    texts.push(text);
    if (text === "1") return release.promise;
    void subscription.close();
  }, { qos: 1, log });
  const closed = until(subscription.client, "end");
  const read = untilPacket(subscription.client, "publish", 3);
  for (const id of [1, 2, 3]) deliver(broker, { qos: 1, id });
  await read;
  release.resolve();
  await within("the end", closed, 2500);
  assertEquals([texts, lines], [["1", "2", "3"], []]);
});

import { assert, assertEquals } from "@std/assert";
import { connect } from "../connect.ts";
import { PublishError } from "../errors.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  type ScriptedConnection,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { lose, QUIET } from "../../testing/brokers/scripts.ts";
import { logged, test, times } from "../../testing/test.ts";

for (const topic of ["", "iot/#", "iot/+/temp", "a\0b", "x".repeat(65536)]) {
  const shown = JSON.stringify(topic.slice(0, 12));
  test.broker(`publishAsync() refuses the topic ${shown}`, async (broker) => {
    await using client = await connect(broker.url);
    const publishing = client.publishAsync(topic, "1", { qos: 1 });
    await rejection(publishing, TypeError, "Topic name");
    assert(client.connected);
  });
}

for (const qos of [-1, -0.5, 0.5, 3, NaN, "1", null]) {
  test.scripted(`publishAsync() refuses QoS ${qos}, also for a topic that repeats`, async (broker) => {
    await using client = await connect(broker.url);
    await client.publishAsync("iot/x", "1", { qos: 1 });
    for (const topic of ["iot/x", "iot/y"]) {
      const publishing = client.publishAsync(topic, "2", { qos: qos as 0 });
      await rejection(
        publishing,
        RangeError,
        `QoS is ${qos}: it must be 0, 1 or 2`,
      );
    }
    assert(client.connected);
  });
}

test.scripted("publishAsync() waits at QoS 0 for a peer that doesn't read, and loses nothing", async (broker) => {
  await using client = await connect(broker.url);
  const [{ socket }] = broker.connections as [ScriptedConnection];
  socket.pause();
  const payload = "x".repeat(100_000);
  const sent = times(300, () => client.publishAsync("iot/x", payload));
  const { writableLength } = client.stream;
  assert(writableLength < 2_000_000, `${writableLength} bytes are buffered`);
  socket.resume();
  await within("all", Promise.all(sent));
  await broker.received("publish", 300);
});

test.scripted("publishAsync() sends all that waited at QoS 0 when the broker is back", async (broker) => {
  await using client = await connect(broker.url, QUIET);
  await lose(broker, client);
  const sent = [1, 2, 3].map((value) => client.publishAsync("a", `${value}`));
  await within("all", Promise.all(sent));
  await broker.received("publish", 3);
});

test.broker("publishAsync() rejects after end(), at each QoS", async (broker) => {
  const client = await connect(broker.url);
  client.end();
  for (const qos of [0, 1, 2] as const) {
    const publishing = client.publishAsync("a", "1", { qos });
    await rejection(publishing, PublishError, "closed");
  }
  await client.close();
});

Deno.test("publishAsync() says once that the broker takes QoS 2 for QoS 1", async () => {
  await using broker = await startScriptedBroker(({ cmd }) =>
    cmd === "publish" ? { cmd: "puback" } : undefined
  );
  const { lines, log } = logged();
  await using client = await connect(broker.url, { log });
  for (const qos of [1, 2, 2] as const) {
    await within("PUBACK", client.publishAsync("iot/x", "1", { qos }));
  }
  assertEquals(lines, [
    `Broker at ${
      broker.url.slice(7)
    } answers QoS 2 as QoS 1 (PUBACK): messages may arrive twice`,
  ]);
});

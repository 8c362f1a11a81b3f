import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../../broker.ts";
import { openClient, PROTOCOLS } from "../../../testing/clients/clients.ts";
import { TYPE5 } from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { subscribeRaw5 } from "../../../testing/clients/raw_client5.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";
import { times } from "../../../testing/test.ts";

Deno.test("startBroker() gives the places of retained messages that have expired to others", async () => {
  await using broker = await openBroker({ limits: { maxRetainedMessages: 3 } });
  await using publisher = await openClient(broker.url, { protocolVersion: 5 });
  const keep = (topic: string, messageExpiryInterval: number) =>
    publisher.publish(topic, "x", {
      ...{ qos: 1, retain: true },
      properties: { messageExpiryInterval },
    });
  await keep("long", 100);
  for (const topic of ["brief/1", "brief/2"]) await keep(topic, 1);
  await pause(1_100);
  for (const topic of ["late/1", "late/2", "late/3"]) await keep(topic, 100);
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(["#"], 1);
  const received = await subscriber.untilReceived(3);
  const topics = received.map(({ topic }) => topic).toSorted();
  assertEquals(topics, ["late/1", "late/2", "long"]);
  const told = broker.lines.filter((line) => line.includes("not kept"));
  assertEquals(told.length, 1);
});

const TOPICS = times(60, (index) => `kept/${index}`);
/** All together they are three times what may wait for a client. */
const PAYLOAD = "x".repeat(50_000);
const LIMITS = { maxQueuedBytes: 1_000_000 };

for (const [protocolVersion, version] of PROTOCOLS) {
  Deno.test(`startBroker() sends in ${version} all that is retained, though it is more than may wait`, async () => {
    await using broker = await openBroker({ limits: LIMITS });
    await using publisher = await openClient(broker.url);
    for (const topic of TOPICS) {
      await publisher.publish(topic, PAYLOAD, { qos: 1, retain: true });
    }
    for (const qos of [0, 1, 2] as const) {
      await using subscriber = await openClient(broker.url, {
        protocolVersion,
      });
      await subscriber.subscribe("kept/#", qos);
      const received = await subscriber.untilReceived(TOPICS.length);
      const topics = received.map(({ topic }) => topic);
      assertEquals(topics.toSorted(), TOPICS.toSorted());
      assert(received.every((message) => message.qos === Math.min(qos, 1)));
    }
    assertEquals(
      broker.lines.filter((line) => /missed|does not read/.test(line)),
      [],
    );
  });
}

Deno.test("startBroker() answers a client that doesn't confirm what is retained, and delays nobody else", async () => {
  await using broker = await startBroker({ port: 0, limits: LIMITS });
  await using publisher = await openClient(broker.url);
  for (const topic of TOPICS) {
    await publisher.publish(topic, PAYLOAD, { qos: 1, retain: true });
  }
  await using silent = await subscribeRaw5(broker, { "kept/#": 1 }, {
    properties: [[PROPERTY.receiveMaximum, 1]],
  });
  assertEquals((await silent.take(TYPE5.PUBLISH)).qos, 1);
  const start = performance.now();
  await silent.ping();
  await publisher.publish("other", "x", { qos: 1 });
  const waited = performance.now() - start;
  assert(waited < 1_000, `The answers took ${waited} ms`);
});

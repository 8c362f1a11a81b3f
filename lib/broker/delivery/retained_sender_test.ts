import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import { subscribe5, TYPE5 } from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { PROTOCOLS } from "../../../testing/clients/protocols.ts";
import { connectRaw5, ping5 } from "../../../testing/clients/raw_client5.ts";

const TOPICS = Array.from({ length: 60 }, (_, index) => `kept/${index}`);
/** All together they are three times what may wait for a client. */
const PAYLOAD = "x".repeat(50_000);
const LIMITS = { maxQueuedBytes: 1_000_000 };

for (const [protocolVersion, version] of PROTOCOLS) {
  Deno.test(`startBroker() sends in ${version} all that is retained, though it is more than may wait`, async () => {
    const log: string[] = [];
    await using broker = await startBroker({
      port: 0,
      limits: LIMITS,
      log: (line) => log.push(line),
    });
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
    assertEquals(log.filter((line) => /missed|does not read/.test(line)), []);
  });
}

Deno.test("startBroker() answers a client that doesn't confirm what is retained, and delays nobody else", async () => {
  await using broker = await startBroker({ port: 0, limits: LIMITS });
  await using publisher = await openClient(broker.url);
  for (const topic of TOPICS) {
    await publisher.publish(topic, PAYLOAD, { qos: 1, retain: true });
  }
  await using silent = await connectRaw5(broker, {
    properties: [[PROPERTY.receiveMaximum, 1]],
  });
  await silent.ask(TYPE5.SUBACK, subscribe5({ "kept/#": 1 }));
  assertEquals((await silent.take(TYPE5.PUBLISH)).qos, 1);
  const start = performance.now();
  await ping5(silent);
  await publisher.publish("other", "x", { qos: 1 });
  const waited = performance.now() - start;
  assert(waited < 1_000, `The answers took ${waited} ms`);
});

import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  acknowledge5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  type RawClient5,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH, SUBACK, UNSUBACK } = TYPE5;

/** A client that takes no more than so many messages at once. */
async function slow(broker: { port: number }, maximum: number, clientId = "") {
  const client = await connectRaw5(broker, {
    ...session5(clientId),
    properties: [
      [PROPERTY.receiveMaximum, maximum],
      [PROPERTY.sessionExpiryInterval, 60],
    ],
  });
  return client;
}

/** Publishes so many messages of QoS 1 and tells when the broker has them. */
async function publish(client: RawClient5, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const payload = `${index}`;
    await client.ask(PUBACK, publish5({ topic: "a", payload, qos: 1 }));
  }
}

Deno.test("startBroker() has no more messages under way than its client's receive maximum", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  for (const maximum of [1, 2, 10]) {
    await using subscriber = await slow(broker, maximum);
    await subscriber.ask(SUBACK, subscribe5({ a: 1 }));
    await publish(client, maximum + 3);
    const ids = [];
    for (let index = 0; index < maximum; index++) {
      ids.push((await subscriber.take(PUBLISH)).id);
    }
    await ping5(subscriber);
    // Each acknowledgement makes room for one more.
    for (let index = 0; index < 3; index++) {
      const acknowledgement = acknowledge5(PUBACK, ids[index]!);
      const packet = await subscriber.ask(PUBLISH, acknowledgement);
      assertEquals(packet.payload, `${maximum + index}`);
      ids.push(packet.id);
      await ping5(subscriber);
    }
    await subscriber.ask(UNSUBACK, unsubscribe5(["a"]));
  }
});

Deno.test("startBroker() counts a message of QoS 2 as under way until PUBCOMP, or until PUBREC refuses it", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using subscriber = await slow(broker, 1);
  await subscriber.ask(SUBACK, subscribe5({ a: 2 }));
  for (const payload of ["0", "1", "2"]) {
    await client.ask(PUBREC, publish5({ topic: "a", payload, qos: 2 }));
    await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  }
  const first = await subscriber.take(PUBLISH);
  await ping5(subscriber);
  await subscriber.ask(PUBREL, acknowledge5(PUBREC, first.id));
  await ping5(subscriber);
  const second = await subscriber.ask(
    PUBLISH,
    acknowledge5(PUBCOMP, first.id),
  );
  await ping5(subscriber);
  const refused = acknowledge5(PUBREC, second.id, { reason: 128 });
  const third = await subscriber.ask(PUBLISH, refused);
  assertEquals(
    [first, second, third].map(({ payload }) => payload),
    ["0", "1", "2"],
  );
});

Deno.test("startBroker() sends all else while a client's receive maximum is reached", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using subscriber = await slow(broker, 1);
  await subscriber.ask(SUBACK, subscribe5({ a: 1, b: 0 }));
  await publish(client, 2);
  await subscriber.take(PUBLISH);
  await ping5(subscriber);
  await subscriber.ask(SUBACK, subscribe5({ c: 1 }));
  await subscriber.ask(UNSUBACK, unsubscribe5(["c"]));
  await subscriber.ask(PUBACK, publish5({ topic: "d", qos: 1 }));
  await subscriber.ask(PUBREC, publish5({ topic: "d", qos: 2 }));
  await subscriber.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  // The maximum says nothing of QoS 0.
  await client.send(publish5({ topic: "b" }));
  assertEquals((await subscriber.take(PUBLISH)).topic, "b");
});

Deno.test("startBroker() repeats no more messages than the new connection's receive maximum", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  const first = await slow(broker, 10, "a");
  await first.ask(SUBACK, subscribe5({ a: 1 }));
  await publish(client, 5);
  for (let index = 0; index < 5; index++) await first.take(PUBLISH);
  first.close();
  await using second = await slow(broker, 2, "a");
  for (let index = 0; index < 2; index++) {
    assertEquals((await second.take(PUBLISH)).payload, `${index}`);
  }
  await ping5(second);
});

Deno.test("startBroker() ends with 147 who has more messages under way than it takes", async () => {
  await using broker = await startBroker({
    port: 0,
    limits: { maxInflight: 3 },
  });
  await using client = await connectRaw5(broker);
  const publishTwo = (id: number) => publish5({ topic: "a", qos: 2, id });
  for (const id of [1, 2, 3]) await client.ask(PUBREC, publishTwo(id));
  // One that is repeated isn't one more, and one that is complete is one less.
  await client.ask(PUBREC, publishTwo(3));
  await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  await client.ask(PUBREC, publishTwo(4));
  await client.send(publish5({ topic: "a" }));
  await ping5(client);
  await client.send(publishTwo(5));
  assertEquals(await client.end(), 147);
});

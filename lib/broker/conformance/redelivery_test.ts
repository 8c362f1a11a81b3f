import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  acknowledge5,
  publish5,
  type Publish5Fields,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  type RawClient5,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH, SUBACK } = TYPE5;
const SESSION = session5("a");

/** A session that reads all of `a/#`. */
async function subscriber(broker: { port: number }): Promise<RawClient5> {
  const client = await connectRaw5(broker, SESSION);
  await client.ask(SUBACK, subscribe5({ "a/#": 2 }));
  return client;
}

/** Publishes messages of QoS 1 or 2, each on a topic of its own. */
async function publishAll(
  broker: { port: number },
  ...messages: Omit<Publish5Fields, "topic">[]
): Promise<void> {
  await using client = await connectRaw5(broker);
  for (const [index, fields] of messages.entries()) {
    const packet = publish5({ topic: `a/${index}`, ...fields });
    if (fields.qos === 1) await client.ask(PUBACK, packet);
    else {
      await client.ask(PUBREC, packet);
      await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
    }
  }
}

Deno.test("startBroker() repeats what isn't acknowledged when the client is back, with DUP and the same identifiers", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await subscriber(broker);
  await publishAll(broker, { qos: 1 }, { qos: 2 }, { qos: 1 }, { qos: 2 });
  const sent = [];
  for (let index = 0; index < 4; index++) sent.push(await first.take(PUBLISH));
  const flags = sent.map(({ qos, duplicate }) => [qos, duplicate]);
  assertEquals(flags, [[1, false], [2, false], [1, false], [2, false]]);
  assertEquals(new Set([0, ...sent.map(({ id }) => id)]).size, 5);
  // The last one of QoS 2 has come as far as PUBREC.
  const released = sent[3]!.id;
  await first.ask(PUBREL, acknowledge5(PUBREC, released));
  first.close();
  for (let attempt = 0; attempt < 2; attempt++) {
    const back = await connectRaw5(broker, SESSION);
    assertEquals(back.connack.sessionPresent, 1);
    const again = [await back.next(), await back.next()];
    again.push(await back.next(), await back.next());
    const publishes = again.filter((packet) => packet?.type === PUBLISH);
    assertEquals(
      publishes.map((packet) => [packet?.topic, packet?.id, packet?.duplicate]),
      sent.slice(0, 3).map(({ topic, id }) => [topic, id, true]),
    );
    const rest = again.filter((packet) => packet?.type === PUBREL);
    assertEquals(rest.map((packet) => packet?.id), [released]);
    back.close();
  }
});

Deno.test("startBroker() repeats nothing while the connection is open", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await subscriber(broker);
  await publishAll(broker, { qos: 1 }, { qos: 2 });
  const one = await client.take(PUBLISH);
  const two = await client.take(PUBLISH);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await ping5(client);
  await client.ask(PUBREL, acknowledge5(PUBREC, two.id));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await ping5(client);
  // A second PUBREC asks for PUBREL again, and never for the message.
  await client.ask(PUBREL, acknowledge5(PUBREC, two.id));
  await client.send(acknowledge5(PUBCOMP, two.id));
  await client.send(acknowledge5(PUBACK, one.id));
  await ping5(client);
});

Deno.test("startBroker() repeats nothing that has been acknowledged, well or badly", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await subscriber(broker);
  await publishAll(
    broker,
    ...[1, 1, 2, 2].map((qos) => ({ qos }) as { qos: 1 | 2 }),
  );
  const ids = [];
  for (let index = 0; index < 4; index++) {
    ids.push((await first.take(PUBLISH)).id);
  }
  await first.send(
    acknowledge5(PUBACK, ids[0]!),
    acknowledge5(PUBACK, ids[1]!, { reason: 128 }),
    acknowledge5(PUBREC, ids[2]!, { reason: 151 }),
  );
  // No PUBREL follows a PUBREC that refuses.
  await first.ask(PUBREL, acknowledge5(PUBREC, ids[3]!));
  await first.send(acknowledge5(PUBCOMP, ids[3]!));
  await ping5(first);
  first.close();
  await using back = await connectRaw5(broker, SESSION);
  assertEquals(back.connack.sessionPresent, 1);
  await ping5(back);
});

Deno.test("startBroker() repeats a message that has expired since it was sent", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await subscriber(broker);
  const properties = [[PROPERTY.messageExpiryInterval, 1]] as const;
  await publishAll(broker, { qos: 2, properties });
  const { id } = await first.take(PUBLISH);
  first.close();
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  await using back = await connectRaw5(broker, SESSION);
  const again = await back.take(PUBLISH);
  assertEquals([again.id, again.duplicate], [id, true]);
  await back.ask(PUBREL, acknowledge5(PUBREC, id));
  await back.send(acknowledge5(PUBCOMP, id));
  await ping5(back);
});

Deno.test("startBroker() keeps the order of what it repeats and what has waited", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await subscriber(broker);
  const batch = (start: number) =>
    Array.from({ length: 10 }, (_, index) => ({
      qos: 1 as const,
      payload: `${start + index}`,
    }));
  await publishAll(broker, ...batch(0));
  for (let index = 0; index < 10; index++) await first.take(PUBLISH);
  first.close();
  await publishAll(broker, ...batch(10));
  await using back = await connectRaw5(broker, SESSION);
  for (let index = 0; index < 20; index++) {
    const { payload, duplicate } = await back.receive();
    assertEquals([payload, duplicate], [`${index}`, index < 10]);
  }
});

Deno.test("startBroker() never sets DUP at QoS 0", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker, SESSION);
  await client.ask(SUBACK, subscribe5({ "a/#": 0 }));
  await publishAll(broker, { qos: 1, duplicate: true });
  const packet = await client.receive();
  assertEquals([packet.qos, packet.duplicate], [0, false]);
});

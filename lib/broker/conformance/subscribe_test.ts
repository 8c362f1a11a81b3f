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
import { connectRaw5, ping5 } from "../../../testing/clients/raw_client5.ts";

const { PUBACK, PUBREC, PUBREL, PUBCOMP, PUBLISH, SUBACK, UNSUBACK } = TYPE5;

Deno.test("startBroker() answers SUBSCRIBE with one SUBACK: its identifier, and a code for each filter in order", async () => {
  await using broker = await startBroker({
    port: 0,
    rules: [{ subscribe: ["a/#"], publish: ["#"] }],
  });
  await using client = await connectRaw5(broker);
  for (const id of [1, 0x1234, 0xffff]) {
    const filters = { "a/2": 2, "b": 1, "a/0": 0, "a/1": 1, "c/d": 0 };
    const suback = await client.ask(SUBACK, subscribe5(filters, { id }));
    assertEquals([suback.id, suback.reasons], [id, [2, 135, 0, 1, 135]]);
  }
  await ping5(client);
});

Deno.test("startBroker() refuses with 151 the filters beyond its limit", async () => {
  await using broker = await startBroker({
    port: 0,
    limits: { maxSubscriptions: 2 },
  });
  await using client = await connectRaw5(broker);
  const packet = subscribe5({ a: 1, b: 0, c: 1 });
  assertEquals((await client.ask(SUBACK, packet)).reasons, [1, 0, 151]);
});

Deno.test("startBroker() delivers at the lesser QoS of the message and the subscription", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await connectRaw5(broker);
  const { reasons } = await subscriber.ask(
    SUBACK,
    subscribe5({ "0": 0, "1": 1, "2": 2 }),
  );
  assertEquals(reasons, [0, 1, 2]);
  await using client = await connectRaw5(broker);
  for (const granted of [0, 1, 2]) {
    for (const qos of [0, 1, 2] as const) {
      await client.send(publish5({ topic: `${granted}`, qos }));
      if (qos === 1) await client.take(PUBACK);
      if (qos === 2) {
        await client.take(PUBREC);
        await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
      }
      const packet = await subscriber.receive();
      assertEquals([granted, packet.qos], [granted, Math.min(granted, qos)]);
    }
  }
});

Deno.test("startBroker() replaces a subscription to the same filter", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await connectRaw5(broker);
  await using client = await connectRaw5(broker);
  for (const qos of [1, 0, 2, 1]) {
    await subscriber.ask(SUBACK, subscribe5({ "a/+": qos }));
    await client.ask(PUBACK, publish5({ topic: "a/b", qos: 1 }));
    assertEquals((await subscriber.receive()).qos, Math.min(qos, 1));
    await ping5(subscriber);
  }
  // Once is enough to give it up.
  await subscriber.ask(UNSUBACK, unsubscribe5(["a/+"]));
  await client.ask(PUBACK, publish5({ topic: "a/b", qos: 1 }));
  await ping5(subscriber);
});

Deno.test("startBroker() loses no message while a subscription is replaced", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await connectRaw5(broker);
  await subscriber.ask(SUBACK, subscribe5({ "a/#": 1 }));
  await using client = await connectRaw5(broker);
  const retained = { topic: "a/kept", payload: "kept", retain: true };
  await client.ask(PUBACK, publish5({ ...retained, qos: 1 }));
  await subscriber.receive();
  const count = 200;
  const publishing = (async () => {
    for (let index = 0; index < count; index++) {
      const packet = publish5({ topic: "a/b", payload: `${index}`, qos: 1 });
      await client.ask(PUBACK, packet);
    }
  })();
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    await subscriber.send(subscribe5({ "a/#": round % 2 + 1 }));
  }
  const received: string[] = [];
  const seen = { subacks: 0, kept: 0 };
  while (
    received.length < count || seen.subacks < rounds || seen.kept < rounds
  ) {
    const packet = await subscriber.next();
    if (packet?.type === SUBACK) seen.subacks++;
    else if (packet?.retain) seen.kept++;
    else received.push(packet!.payload);
    if (packet?.type !== PUBLISH || packet.qos === 0) continue;
    await subscriber.send(acknowledge5(PUBACK, packet.id));
  }
  await publishing;
  assertEquals(received, Array.from({ length: count }, (_, each) => `${each}`));
  assertEquals(seen, { subacks: rounds, kept: rounds });
});

Deno.test("startBroker() treats a SUBSCRIBE of several filters as several of one", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await client.ask(SUBACK, subscribe5({ a: 0 }));
  for (const topic of ["a", "b", "c/d"]) {
    await client.ask(
      PUBACK,
      publish5({
        topic: `kept/${topic}`,
        payload: topic,
        retain: true,
        qos: 1,
      }),
    );
  }
  const filters = { "kept/a": 1, "kept/b": 0, "kept/c/#": 2, "a": 2 };
  const { reasons } = await client.ask(SUBACK, subscribe5(filters));
  assertEquals(reasons, [1, 0, 2, 2]);
  const received = [];
  for (let index = 0; index < 3; index++) {
    const { topic, qos } = await client.receive();
    received.push(`${topic} ${qos}`);
  }
  assertEquals(received.sort(), ["kept/a 1", "kept/b 0", "kept/c/d 1"]);
  await ping5(client);
});

Deno.test("startBroker() answers UNSUBSCRIBE with one UNSUBACK: its identifier, and a code for each filter in order", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  for (const id of [1, 0x1234, 0xffff]) {
    await client.ask(SUBACK, subscribe5({ a: 0, "b/#": 1, "c/+": 2 }));
    const filters = ["none", "b/#", "b", "a", "a", "c/+"];
    const packet = unsubscribe5(filters, { id });
    const unsuback = await client.ask(UNSUBACK, packet);
    assertEquals([unsuback.id, unsuback.reasons], [id, [17, 0, 17, 0, 17, 0]]);
  }
  await ping5(client);
});

Deno.test("startBroker() gives up exactly the filters that UNSUBSCRIBE names, character by character", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await connectRaw5(broker);
  await subscriber.ask(SUBACK, subscribe5({ "a/b": 0, "A/b": 0, "é": 0 }));
  // Neither what matches the same topics nor what looks the same.
  const others = ["#", "a/#", "+/b", "a/+", "A/B", "a/b/", "/a/b", "e\u0301"];
  const { reasons } = await subscriber.ask(UNSUBACK, unsubscribe5(others));
  assertEquals(reasons, others.map(() => 17));
  await using client = await connectRaw5(broker);
  for (const topic of ["a/b", "A/b", "é"]) {
    await client.send(publish5({ topic }));
    assertEquals((await subscriber.receive()).topic, topic);
  }
  await subscriber.ask(UNSUBACK, unsubscribe5(["a/b"]));
  for (const topic of ["a/b", "A/b"]) await client.send(publish5({ topic }));
  assertEquals((await subscriber.receive()).topic, "A/b");
});

Deno.test("startBroker() adds no message after UNSUBSCRIBE, and finishes what it has begun", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(SUBACK, subscribe5({ a: 2 }));
  for (let id = 1; id <= 2; id++) {
    await client.ask(PUBREC, publish5({ topic: "a", qos: 2, id }));
    await client.ask(PUBCOMP, acknowledge5(PUBREL, id));
  }
  const [one, two] = [await first.take(PUBLISH), await first.take(PUBLISH)];
  await first.ask(UNSUBACK, unsubscribe5(["a"]));
  await client.ask(PUBACK, publish5({ topic: "a", payload: "late", qos: 1 }));
  await first.ask(PUBREL, acknowledge5(PUBREC, one.id));
  await first.send(acknowledge5(PUBCOMP, one.id));
  await ping5(first);
  first.close();
  // The second one was on its way, too, and is repeated.
  await using second = await connectRaw5(broker, session5("a"));
  const again = await second.receive();
  assertEquals([again.id, again.duplicate, again.payload], [two.id, true, ""]);
  await ping5(second);
});

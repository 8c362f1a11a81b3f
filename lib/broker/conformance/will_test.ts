import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  connect5,
  type Connect5Fields,
  disconnect5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
  type Will5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  type Connected5,
  connectRaw5,
  ping5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const WILL: Will5 = { topic: "will", payload: "gone", qos: 1 };

/** A will that waits for so many seconds. */
function delayed(delay: number, will = WILL): Will5 {
  return { ...will, properties: [[PROPERTY.willDelayInterval, delay]] };
}

/** Someone who reads all wills. */
async function heir(broker: { port: number }): Promise<Connected5> {
  const client = await connectRaw5(broker);
  await client.ask(TYPE5.SUBACK, subscribe5({ "will/#": 2 }));
  return client;
}

/** Asserts that no will is on its way to someone. */
async function assertNothing(client: Connected5): Promise<void> {
  // What is published now comes after any will that has been.
  const payload = crypto.randomUUID();
  await client.send(publish5({ topic: "will", payload }));
  assertEquals((await client.receive()).payload, payload);
  await ping5(client);
}

Deno.test("startBroker() publishes a will however the connection ends, but for DISCONNECT with 0", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  const ends: Record<string, (client: Connected5) => Promise<void>> = {
    "is lost": (client) => Promise.resolve(client.close()),
    "breaks the protocol": async (client) => {
      await client.send(connect5());
      assertEquals(await client.end(), 130);
    },
  };
  // Only the reason 0 means that all is well (section 3.14.4).
  for (const reason of [4, 128, 130, 147, 151]) {
    ends[`says ${reason}`] = async (client) => {
      await client.send(disconnect5(reason));
      assertEquals(await client.end(), undefined);
    };
  }
  for (const end of Object.values(ends)) {
    await using client = await connectRaw5(broker, { will: WILL });
    await end(client);
    const { topic, payload, qos, retain } = await reader.receive();
    assertEquals([topic, payload, qos, retain], ["will", "gone", 1, false]);
  }
  await assertNothing(reader);
});

Deno.test("startBroker() publishes no will after DISCONNECT with 0", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  const sessions: Connect5Fields[] = [{ will: WILL }, {
    ...session5("a"),
    will: delayed(1),
  }];
  for (const fields of sessions) {
    for (const packet of [disconnect5(), disconnect5(0)]) {
      await using client = await connectRaw5(broker, fields);
      await client.send(packet);
      assertEquals(await client.end(), undefined);
    }
  }
  // The session's next end has no will any more.
  const { will: _, ...without } = sessions[1]!;
  (await connectRaw5(broker, without)).close();
  await assertNothing(reader);
});

Deno.test("startBroker() publishes a will once", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  (await connectRaw5(broker, { ...session5("a"), will: WILL })).close();
  assertEquals((await reader.receive()).payload, "gone");
  // Its session goes on without it.
  const back = await connectRaw5(broker, session5("a"));
  assertEquals(back.connack.sessionPresent, 1);
  back.close();
  await using clean = await connectRaw5(broker, {
    clientId: "a",
    cleanStart: true,
  });
  await ping5(clean);
  await assertNothing(reader);
});

Deno.test("startBroker() keeps a will that is to be retained, and no other", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  for (const retain of [true, false]) {
    const topic = `will/${retain}`;
    const will: Will5 = { ...WILL, topic, retain };
    (await connectRaw5(broker, { will })).close();
    assertEquals((await reader.receive()).topic, topic);
  }
  await using late = await connectRaw5(broker);
  await late.ask(TYPE5.SUBACK, subscribe5({ "will/#": 1 }));
  const { topic, payload, retain } = await late.receive();
  assertEquals([topic, payload, retain], ["will/true", "gone", true]);
  await ping5(late);
});

Deno.test("startBroker() publishes a will at each QoS, with its properties in their order", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  const pairs = [["b", "1"], ["a", "2"], ["b", "0"]] as const;
  for (const qos of [0, 1, 2] as const) {
    const properties = [
      [PROPERTY.willDelayInterval, 0],
      [PROPERTY.payloadFormatIndicator, 1],
      [PROPERTY.messageExpiryInterval, 100],
      [PROPERTY.contentType, "text/plain"],
      [PROPERTY.responseTopic, "answer"],
      [PROPERTY.correlationData, Uint8Array.of(0, 1, 255)],
      ...pairs.map((pair) => [PROPERTY.userProperty, pair] as const),
    ] as const;
    const will: Will5 = { topic: "will", payload: `${qos}`, qos, properties };
    (await connectRaw5(broker, { will })).close();
    const packet = await reader.receive();
    assertEquals([packet.qos, packet.payload], [qos, `${qos}`]);
    assertEquals(valuesOf(packet, "payloadFormatIndicator"), [1]);
    assertEquals(valuesOf(packet, "contentType"), ["text/plain"]);
    assertEquals(valuesOf(packet, "responseTopic"), ["answer"]);
    const [data] = valuesOf(packet, "correlationData");
    assertEquals([...data as Uint8Array], [0, 1, 255]);
    assertEquals(
      valuesOf(packet, "userProperty"),
      pairs.map((each) => [...each]),
    );
    assertEquals(valuesOf(packet, "willDelayInterval"), []);
    const [left] = valuesOf(packet, "messageExpiryInterval");
    assert(Number(left) <= 100 && Number(left) >= 96, `${left} s left`);
  }
});

Deno.test("startBroker() waits with a will for its delay, or for the session's end if that is sooner", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases: Record<string, [Connect5Fields, least: number]> = {
    delay: [session5("delay", 30), 1],
    session: [session5("session", 1), 1],
    none: [{ clientId: "none" }, 0],
  };
  await Promise.all(
    Object.entries(cases).map(async ([name, [fields, least]]) => {
      const will = delayed(name === "delay" ? 1 : 30, {
        ...WILL,
        topic: `will/${name}`,
      });
      await using reader = await connectRaw5(broker);
      await reader.ask(TYPE5.SUBACK, subscribe5({ [will.topic]: 1 }));
      const client = await connectRaw5(broker, { ...fields, will });
      const start = performance.now();
      client.close();
      assertEquals((await reader.receive()).topic, will.topic);
      const milliseconds = performance.now() - start;
      const isFit = milliseconds >= least * 1_000 - 50 &&
        milliseconds < least * 1_000 + 5_000;
      assert(isFit, `${name}: ${milliseconds} ms`);
    }),
  );
});

Deno.test("startBroker() drops a will that waits if its client is back in time", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  const fields = { ...session5("a"), will: delayed(1) };
  (await connectRaw5(broker, fields)).close();
  await using back = await connectRaw5(broker, session5("a"));
  assertEquals(back.connack.sessionPresent, 1);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await assertNothing(reader);
});

Deno.test("startBroker() publishes a will of who is taken over, unless it waits and the session goes on", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await heir(broker);
  const take = async (will: Will5, cleanStart: boolean) => {
    await using first = await connectRaw5(broker, { ...session5("a"), will });
    await using _second = await connectRaw5(broker, {
      ...session5("a"),
      cleanStart,
    });
    assertEquals(await first.end(), 142);
  };
  await take(WILL, false);
  assertEquals((await reader.receive()).payload, "gone");
  await take(delayed(30), true);
  assertEquals((await reader.receive()).payload, "gone");
  await take(delayed(30), false);
  await assertNothing(reader);
});

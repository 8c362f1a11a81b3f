import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import {
  connect5,
  type Connect5Fields,
  disconnect5,
  session5,
  type Will5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  type Connected5,
  connectRaw5,
  saidBy,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";

const WILL: Will5 = { topic: "will", payload: "gone", qos: 1 };

/** A will that waits for so many seconds. */
function delayed(delay: number, will = WILL): Will5 {
  return { ...will, properties: [[PROPERTY.willDelayInterval, delay]] };
}

/** Someone who reads all wills. */
function heir(broker: { port: number }): Promise<Connected5> {
  return subscribeRaw5(broker, { "will/#": 2 });
}

/** Asserts that no will is on its way to someone. */
async function assertNothing(client: Connected5): Promise<void> {
  // What is published now comes after any will that has been.
  const payload = crypto.randomUUID();
  await client.publish({ topic: "will", payload });
  assertEquals((await client.receive()).payload, payload);
  await client.ping();
}

test.broker("startBroker() publishes a will however the connection ends, but for DISCONNECT with 0", async (broker) => {
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

test.broker("startBroker() publishes no will after DISCONNECT with 0", async (broker) => {
  await using reader = await heir(broker);
  const session = session5("a");
  for (const fields of [{ will: WILL }, { ...session, will: delayed(1) }]) {
    for (const packet of [disconnect5(), disconnect5(0)]) {
      await using client = await connectRaw5(broker, fields);
      await client.send(packet);
      assertEquals(await client.end(), undefined);
    }
  }
  // The session's next end has no will any more.
  (await connectRaw5(broker, session)).close();
  await assertNothing(reader);
});

test.broker("startBroker() publishes a will once", async (broker) => {
  await using reader = await heir(broker);
  (await connectRaw5(broker, { ...session5("a"), will: WILL })).close();
  assertEquals((await reader.receive()).payload, "gone");
  // Its session goes on without it.
  const back = await connectRaw5(broker, session5("a"));
  assertEquals(back.connack.sessionPresent, 1);
  back.close();
  await using clean = await connectRaw5(broker, { clientId: "a" });
  await clean.ping();
  await assertNothing(reader);
});

test.broker("startBroker() keeps a will that is to be retained, and no other", async (broker) => {
  await using reader = await heir(broker);
  for (const retain of [true, false]) {
    const topic = `will/${retain}`;
    const will: Will5 = { ...WILL, topic, retain };
    (await connectRaw5(broker, { will })).close();
    assertEquals((await reader.receive()).topic, topic);
  }
  await using late = await subscribeRaw5(broker, { "will/#": 1 });
  const { topic, payload, retain } = await late.receive();
  assertEquals([topic, payload, retain], ["will/true", "gone", true]);
  await late.ping();
});

test.broker("startBroker() publishes a will at each QoS, with its properties in their order", async (broker) => {
  await using reader = await heir(broker);
  const pairs = [["b", "1"], ["a", "2"], ["b", "0"]] as [string, string][];
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
    const { messageExpiryInterval: [left] = [], ...said } = saidBy(packet);
    assertEquals(said, {
      ...{ payloadFormatIndicator: [1], contentType: ["text/plain"] },
      ...{ responseTopic: ["answer"], userProperty: pairs },
      correlationData: [Uint8Array.of(0, 1, 255)],
    });
    assert(Number(left) <= 100 && Number(left) >= 96, `${left} s left`);
  }
});

test.broker("startBroker() waits with a will for its delay, or for the session's end if that is sooner", async (broker) => {
  const cases: Record<string, [Connect5Fields, least: number]> = {
    delay: [session5("delay", 30), 1],
    session: [session5("session", 1), 1],
    none: [{ clientId: "none" }, 0],
  };
  await Promise.all(
    Object.entries(cases).map(async ([name, [fields, least]]) => {
      const topic = `will/${name}`;
      const will = delayed(name === "delay" ? 1 : 30, { ...WILL, topic });
      await using reader = await subscribeRaw5(broker, { [topic]: 1 });
      const client = await connectRaw5(broker, { ...fields, will });
      const start = performance.now();
      client.close();
      assertEquals((await reader.receive()).topic, topic);
      const milliseconds = performance.now() - start;
      const isFit = milliseconds >= least * 1_000 - 50 &&
        milliseconds < least * 1_000 + 5_000;
      assert(isFit, `${name}: ${milliseconds} ms`);
    }),
  );
});

test.broker("startBroker() drops a will that waits if its client is back in time", async (broker) => {
  await using reader = await heir(broker);
  const fields = { ...session5("a"), will: delayed(1) };
  (await connectRaw5(broker, fields)).close();
  await using back = await connectRaw5(broker, session5("a"));
  assertEquals(back.connack.sessionPresent, 1);
  await pause(2_500);
  await assertNothing(reader);
});

test.broker("startBroker() publishes a will of who is taken over, unless it waits and the session goes on", async (broker) => {
  await using reader = await heir(broker);
  const take = async (will: Will5, cleanStart: boolean) => {
    await using first = await connectRaw5(broker, { ...session5("a"), will });
    const fields = { ...session5("a"), cleanStart };
    await using _second = await connectRaw5(broker, fields);
    assertEquals(await first.end(), 142);
  };
  await take(WILL, false);
  assertEquals((await reader.receive()).payload, "gone");
  await take(delayed(30), true);
  assertEquals((await reader.receive()).payload, "gone");
  await take(delayed(30), false);
  await assertNothing(reader);
});

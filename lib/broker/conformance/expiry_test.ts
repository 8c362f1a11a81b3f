import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { temporaryFolder } from "../../../testing/temporary_folder.ts";
import {
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  type RawClient5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, SUBACK } = TYPE5;

/** Publishes a message that lives for some seconds; its payload says how many. */
async function publish(
  client: RawClient5,
  topic: string,
  seconds: number,
  retain = false,
): Promise<void> {
  const properties = [[PROPERTY.messageExpiryInterval, seconds]] as const;
  const packet = { topic, payload: `${seconds}`, retain, properties };
  await client.ask(PUBACK, publish5({ ...packet, qos: 1 }));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test("startBroker() drops a message that waits for its client for too long", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(SUBACK, subscribe5({ a: 1 }));
  first.close();
  await using client = await connectRaw5(broker);
  for (const seconds of [1, 100, 1, 4_294_967_295]) {
    await publish(client, "a", seconds);
  }
  await client.ask(PUBACK, publish5({ topic: "a", payload: "ever", qos: 1 }));
  await pause(2_500);
  await using second = await connectRaw5(broker, session5("a"));
  for (const payload of ["100", "4294967295"]) {
    const packet = await second.receive();
    assertEquals(packet.payload, payload);
    // It has waited for two seconds and a half.
    const [left] = valuesOf(packet, "messageExpiryInterval");
    const waited = Number(payload) - Number(left);
    assert(waited >= 2 && waited <= 6, `${left} of ${payload} left`);
  }
  const packet = await second.receive();
  assertEquals(packet.payload, "ever");
  assertEquals(valuesOf(packet, "messageExpiryInterval"), []);
  await ping5(second);
});

Deno.test("startBroker() gives the places of waiting messages that have expired to others, also from its store", async () => {
  await using folder = await temporaryFolder();
  const limits = { maxQueuedMessages: 2 };
  for (const store of [undefined, `${folder.path}/store`]) {
    let broker = await startBroker({ port: 0, limits, store });
    const first = await connectRaw5(broker, session5("a"));
    await first.ask(SUBACK, subscribe5({ a: 1 }));
    first.close();
    const old = await connectRaw5(broker);
    for (const seconds of [1, 1]) await publish(old, "a", seconds);
    old.close();
    if (store !== undefined) {
      await broker.close();
      broker = await startBroker({ port: 0, limits, store });
    }
    await pause(1_100);
    await using client = await connectRaw5(broker);
    for (const seconds of [100, 101, 102]) await publish(client, "a", seconds);
    await using second = await connectRaw5(broker, session5("a"));
    for (const payload of ["100", "101"]) {
      assertEquals((await second.receive()).payload, payload);
    }
    await ping5(second);
    await broker.close();
  }
});

Deno.test("startBroker() drops a message that waits for its turn for too long", async () => {
  await using broker = await startBroker({ port: 0 });
  await using slow = await connectRaw5(broker, {
    properties: [[PROPERTY.receiveMaximum, 1]],
  });
  await slow.ask(SUBACK, subscribe5({ a: 1 }));
  await using client = await connectRaw5(broker);
  for (const seconds of [100, 1, 200]) await publish(client, "a", seconds);
  await pause(2_500);
  assertEquals((await slow.receive()).payload, "100");
  assertEquals((await slow.receive()).payload, "200");
  await ping5(slow);
});

Deno.test("startBroker() drops a retained message whose time is over, and sends on what is left of it", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await publish(client, "short", 1, true);
  await publish(client, "long", 100, true);
  await pause(2_500);
  await client.ask(SUBACK, subscribe5({ "#": 1 }));
  const packet = await client.receive();
  assertEquals([packet.topic, packet.retain], ["long", true]);
  const [left] = valuesOf(packet, "messageExpiryInterval");
  assert(Number(left) <= 98 && Number(left) >= 94, `${left} s left`);
  await ping5(client);
});

Deno.test("startBroker() passes a message on at once with the time that it has", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await client.ask(SUBACK, subscribe5({ a: 0 }));
  for (const seconds of [1, 100]) {
    await client.send(publish5({
      topic: "a",
      properties: [[PROPERTY.messageExpiryInterval, seconds]],
    }));
    const packet = await client.receive();
    assertEquals(valuesOf(packet, "messageExpiryInterval"), [seconds]);
  }
});

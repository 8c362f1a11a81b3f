import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../../broker.ts";
import {
  connect5,
  disconnect5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { rawPacket } from "../../../testing/clients/raw_client.ts";
import {
  connectRaw5,
  openRaw5,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

const { PUBLISH } = TYPE5;

test.broker("startBroker() closes after DISCONNECT, and reads nothing that follows it", async (broker) => {
  await using reader = await subscribeRaw5(broker, { "#": 0 });
  const packets = {
    "without a reason": disconnect5(),
    "with 0": disconnect5(0),
    "with a reason string": disconnect5(0, [[PROPERTY.reasonString, "bye"]]),
    "with user properties": disconnect5(0, [
      [PROPERTY.userProperty, ["a", "b"]],
      [PROPERTY.userProperty, ["a", "b"]],
    ]),
    "with a will": disconnect5(4),
    "with an error": disconnect5(128),
  };
  for (const [what, packet] of Object.entries(packets)) {
    await using client = await connectRaw5(broker);
    await client.send(packet, publish5({ topic: "late" }));
    // The broker answers nothing, and closes.
    assertEquals([what, await client.end()], [what, undefined]);
  }
  await reader.ping();
});

test.connected("startBroker() answers PINGREQ with PINGRESP", async ({ client }) => {
  await client.send(...Array(3).fill(rawPacket(TYPE5.PINGREQ)));
  for (let index = 0; index < 3; index++) {
    assertEquals((await client.take(TYPE5.PINGRESP)).size, 2);
  }
  await client.ping();
});

test.broker("startBroker() ends with 141 who is silent for one and a half keepalives", async (broker) => {
  await using reader = await subscribeRaw5(broker, { will: 0 });
  await using client = await connectRaw5(broker, {
    ...{ keepalive: 1, will: { topic: "will" } },
  });
  await using unlimited = await connectRaw5(broker, { keepalive: 0 });
  const [keepalive = 1] = valuesOf(client.connack, "serverKeepAlive");
  // Any packet will do.
  const [ping, publish] = [
    rawPacket(TYPE5.PINGREQ),
    publish5({ topic: "a", qos: 1 }),
  ];
  for (const packet of [ping, publish, subscribe5({ a: 0 })]) {
    await pause(600);
    await client.send(packet);
    await client.next();
  }
  const start = performance.now();
  assertEquals(await client.end(), 141);
  const seconds = (performance.now() - start) / 1_000;
  const wanted = 1.5 * Number(keepalive);
  assert(seconds > wanted - 0.1 && seconds < wanted + 4, `${seconds} s`);
  // For the rest it is a connection that was lost.
  assertEquals((await reader.receive()).topic, "will");
  await unlimited.ping();
});

Deno.test("startBroker() says in CONNACK which keepalive counts, if it isn't the client's own", async () => {
  await using broker = await openBroker({ limits: { maxKeepAlive: 1 } });
  await Promise.all([0, 1, 100].map(async (keepalive) => {
    await using client = await connectRaw5(broker, { keepalive });
    const said = valuesOf(client.connack, "serverKeepAlive");
    assertEquals(said, keepalive === 1 ? [] : [1]);
    const start = performance.now();
    assertEquals(await client.end(), 141);
    const seconds = (performance.now() - start) / 1_000;
    assert(seconds > 1.4 && seconds < 5.5, `${seconds} s`);
  }));
});

Deno.test("startBroker() ends with 139 whom it must leave because it is closed", async () => {
  const broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  await using silent = await openRaw5(broker);
  const closed = broker.close();
  const ending = await client.end();
  assertEquals(await silent.end(), undefined);
  await closed;
  assertEquals(ending, 139);
});

test.broker("startBroker() says in no DISCONNECT how long the session lasts", async (broker) => {
  const ways: Record<string, Uint8Array> = {
    "a second CONNECT": connect5(),
    "a wrong filter": subscribe5({ "#/a": 0 }),
    "what can't be read": rawPacket(PUBLISH),
  };
  for (const [what, packet] of Object.entries(ways)) {
    await using client = await connectRaw5(broker, session5(what));
    const disconnect = await client.ask(TYPE5.DISCONNECT, packet);
    assert(disconnect.reason >= 128);
    assertEquals(valuesOf(disconnect, "sessionExpiryInterval"), []);
    assertEquals(await client.next(), undefined);
  }
  await using taken = await connectRaw5(broker, session5("taken"));
  await using _taker = await connectRaw5(broker, session5("taken"));
  const disconnect = await taken.take(TYPE5.DISCONNECT);
  assertEquals(valuesOf(disconnect, "sessionExpiryInterval"), []);
});

test.connected("startBroker() closes after DISCONNECT even if the client doesn't, and answers nothing more", async ({ broker, client }) => {
  const ping = rawPacket(TYPE5.PINGREQ);
  const late = publish5({ topic: "a", qos: 1 });
  await client.send(connect5(), late, ping, late, ping);
  // Nothing comes between DISCONNECT and the end.
  assertEquals(await client.end(), 130);
  await using other = await connectRaw5(broker);
  await other.publish({ topic: "a", qos: 1 });
});

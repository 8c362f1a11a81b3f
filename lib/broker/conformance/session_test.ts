import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { NEVER_EXPIRES } from "../../../testing/clients/clients.ts";
import {
  connect5,
  disconnect5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  openRaw5,
  type RawClient5,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";
import { leaveSession5 } from "../../../testing/clients/sessions5.ts";
import { startBroker } from "../../broker.ts";
import { rawPacket } from "../../../testing/clients/raw_client.ts";

/** Whether a session was there; the client goes with a DISCONNECT. */
async function isPresent(
  broker: { port: number },
  clientId: string,
): Promise<number> {
  await using client = await connectRaw5(broker, session5(clientId));
  await leave(client);
  return client.connack.sessionPresent;
}

async function leave(client: RawClient5, expiry?: number): Promise<void> {
  const properties = [[PROPERTY.sessionExpiryInterval, expiry ?? 0]] as const;
  await client.send(
    expiry === undefined ? disconnect5() : disconnect5(0, properties),
  );
  assertEquals(await client.end(), undefined);
}

test.broker("startBroker() keeps a session whose expiry interval isn't over", async (broker) => {
  const first = await connectRaw5(broker, session5("a"));
  assertEquals(first.connack.sessionPresent, 0);
  await first.subscribe({ "a/#": 1 });
  first.close();
  await using other = await connectRaw5(broker);
  for (const payload of ["one", "two"]) {
    await other.publish({ topic: "a/b", payload, qos: 1 });
  }
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  for (const payload of ["one", "two"]) {
    assertEquals((await second.receive()).payload, payload);
  }
  // Its subscription stands, too.
  await other.publish({ topic: "a/c", qos: 1 });
  assertEquals((await second.receive()).topic, "a/c");
});

test.broker("startBroker() forgets a session that starts clean", async (broker) => {
  await leaveSession5(broker, "a", { a: 1 });
  await using other = await connectRaw5(broker);
  await other.publish({ topic: "a", qos: 1 });
  const clean = { ...session5("a"), cleanStart: true };
  await using second = await connectRaw5(broker, clean);
  assertEquals(second.connack.sessionPresent, 0);
  await other.publish({ topic: "a", qos: 1 });
  await second.ping();
  await leave(second);
  // What it has begun anew is a session like any other.
  assertEquals(await isPresent(broker, "a"), 1);
});

test.broker("startBroker() forgets a session with its connection if it has no expiry interval", async (broker) => {
  const sessions = [{ clientId: "a", cleanStart: false }, session5("a", 0)];
  for (const fields of sessions) {
    const first = await connectRaw5(broker, fields);
    assertEquals(first.connack.sessionPresent, 0);
    await first.subscribe({ a: 1 });
    first.close();
    await using second = await connectRaw5(broker, fields);
    assertEquals(second.connack.sessionPresent, 0);
    await second.publish({ topic: "a", qos: 1 });
    await leave(second);
  }
});

test.broker("startBroker() forgets a session when its time is over, counted from its connection's end", async (broker) => {
  await using stays = await subscribeRaw5(
    broker,
    { a: 1 },
    session5("stays", 1),
  );
  (await connectRaw5(broker, session5("short", 1))).close();
  (await connectRaw5(broker, session5("long", 30))).close();
  (await connectRaw5(broker, session5("forever", NEVER_EXPIRES))).close();
  await using changed = await connectRaw5(broker, session5("changed", 30));
  await leave(changed, 1);
  await using kept = await connectRaw5(broker, session5("kept", 1));
  await leave(kept, 30);
  await pause(3_200);
  const there = { short: 0, long: 1, forever: 1, changed: 0, kept: 1 };
  for (const [clientId, present] of Object.entries(there)) {
    assertEquals(await isPresent(broker, clientId), present, clientId);
  }
  // One that is connected isn't forgotten, however long it takes.
  await using other = await connectRaw5(broker);
  await other.publish({ topic: "a", qos: 1 });
  assertEquals((await stays.receive()).topic, "a");
});

test.broker("startBroker() ends with 130 who asks at its end for a session that it didn't have", async (broker) => {
  await using client = await connectRaw5(broker, session5("a", 0));
  await client.send(disconnect5(0, [[PROPERTY.sessionExpiryInterval, 60]]));
  assertEquals(await client.end(), 130);
  assertEquals(await isPresent(broker, "a"), 0);
});

test.broker("startBroker() forgets a session at once whose DISCONNECT says 0", async (broker) => {
  await using client = await connectRaw5(broker, session5("a"));
  await leave(client, 0);
  assertEquals(await isPresent(broker, "a"), 0);
});

Deno.test("startBroker() tells sessions apart by their client ids alone", async () => {
  await using broker = await openBroker({ users: { ann: "a", bob: "b" } });
  const ann = { user: "ann", password: "a" };
  for (const clientId of ["a", "A", "a "]) {
    const fields = { ...session5(clientId), ...ann };
    await using client = await connectRaw5(broker, fields);
    assertEquals(client.connack.sessionPresent, 0);
    await client.subscribe({ [`to/${clientId}`]: 1 });
  }
  for (const clientId of ["a", "A", "a "]) {
    const topic = `to/${clientId}`;
    await using other = await connectRaw5(broker, ann);
    await other.publish({ topic, qos: 1 });
    const fields = { ...session5(clientId), ...ann };
    await using client = await connectRaw5(broker, fields);
    assertEquals(client.connack.sessionPresent, 1);
    assertEquals((await client.receive()).topic, topic);
    await client.ping();
  }
});

Deno.test("startBroker() gives a session to nobody but the user that it belongs to", async () => {
  await using broker = await openBroker({ users: { ann: "a", bob: "b" } });
  const ann = { ...session5("a"), user: "ann", password: "a" };
  (await subscribeRaw5(broker, { "#": 1 }, ann)).close();
  const again = await connectRaw5(broker, ann);
  assertEquals(again.connack.sessionPresent, 1);
  again.close();
  const fields = { ...ann, clientId: "writer" };
  await using writer = await connectRaw5(broker, fields);
  await writer.publish({ topic: "diary", qos: 1 });
  const bob = { ...session5("a"), user: "bob", password: "b" };
  await using other = await connectRaw5(broker, bob);
  assertEquals(other.connack.sessionPresent, 0);
  await other.ping();
});

test.broker("startBroker() takes a session over: the older connection ends with 142", async (broker) => {
  await using first = await subscribeRaw5(broker, { a: 1 }, session5("a"));
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  assertEquals(await first.end(), 142);
  await using other = await connectRaw5(broker);
  await other.publish({ topic: "a", qos: 1 });
  assertEquals((await second.receive()).topic, "a");
  await using third = await connectRaw5(broker, { clientId: "a" });
  assertEquals(third.connack.sessionPresent, 0);
  assertEquals(await second.end(), 142);
});

Deno.test("startBroker() never says that a session is there when it refuses", async () => {
  await using broker = await openBroker({ users: { ann: "right" } });
  const right = { ...session5("a"), user: "ann", password: "right" };
  (await connectRaw5(broker, right)).close();
  await using client = await openRaw5(broker);
  const wrong = connect5({ ...right, password: "wrong" });
  const connack = await client.ask(TYPE5.CONNACK, wrong);
  assertEquals([connack.sessionPresent, connack.reason], [0, 134]);
  assertEquals(await client.end(), undefined);
  await using back = await connectRaw5(broker, right);
  assertEquals(back.connack.sessionPresent, 1);
});

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
  const fields = { keepalive: 1, will: { topic: "will" } };
  await using client = await connectRaw5(broker, fields);
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

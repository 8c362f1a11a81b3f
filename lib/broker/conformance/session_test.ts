import { assertEquals } from "@std/assert";
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
import {
  connectRaw5,
  openRaw5,
  ping5,
  type RawClient5,
} from "../../../testing/clients/raw_client5.ts";

const FOREVER = 0xffff_ffff;

interface Place {
  port: number;
}

/** Whether a session was there; the client goes with a DISCONNECT. */
async function isPresent(broker: Place, clientId: string): Promise<number> {
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

/** The broker's own clock counts whole seconds. */
function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}

Deno.test("startBroker() keeps a session whose expiry interval isn't over", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5("a"));
  assertEquals(first.connack.sessionPresent, 0);
  await first.ask(TYPE5.SUBACK, subscribe5({ "a/#": 1 }));
  first.close();
  await using other = await connectRaw5(broker);
  for (const payload of ["one", "two"]) {
    const packet = publish5({ topic: "a/b", payload, qos: 1 });
    await other.ask(TYPE5.PUBACK, packet);
  }
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  for (const payload of ["one", "two"]) {
    assertEquals((await second.receive()).payload, payload);
  }
  // Its subscription stands, too.
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a/c", qos: 1 }));
  assertEquals((await second.receive()).topic, "a/c");
});

Deno.test("startBroker() forgets a session that starts clean", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(TYPE5.SUBACK, subscribe5({ a: 1 }));
  first.close();
  await using other = await connectRaw5(broker);
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
  const clean = { ...session5("a"), cleanStart: true };
  await using second = await connectRaw5(broker, clean);
  assertEquals(second.connack.sessionPresent, 0);
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
  await ping5(second);
  await leave(second);
  // What it has begun anew is a session like any other.
  assertEquals(await isPresent(broker, "a"), 1);
});

Deno.test("startBroker() forgets a session with its connection if it has no expiry interval", async () => {
  await using broker = await startBroker({ port: 0 });
  for (
    const fields of [{ clientId: "a", cleanStart: false }, session5("a", 0)]
  ) {
    const first = await connectRaw5(broker, fields);
    assertEquals(first.connack.sessionPresent, 0);
    await first.ask(TYPE5.SUBACK, subscribe5({ a: 1 }));
    first.close();
    await using second = await connectRaw5(broker, fields);
    assertEquals(second.connack.sessionPresent, 0);
    await second.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
    await leave(second);
  }
});

Deno.test("startBroker() forgets a session when its time is over, counted from its connection's end", async () => {
  await using broker = await startBroker({ port: 0 });
  await using stays = await connectRaw5(broker, session5("stays", 1));
  await stays.ask(TYPE5.SUBACK, subscribe5({ a: 1 }));
  (await connectRaw5(broker, session5("short", 1))).close();
  (await connectRaw5(broker, session5("long", 30))).close();
  (await connectRaw5(broker, session5("forever", FOREVER))).close();
  await using changed = await connectRaw5(broker, session5("changed", 30));
  await leave(changed, 1);
  await using kept = await connectRaw5(broker, session5("kept", 1));
  await leave(kept, 30);
  await seconds(3.2);
  for (
    const [clientId, present] of [
      ["short", 0],
      ["long", 1],
      ["forever", 1],
      ["changed", 0],
      ["kept", 1],
    ] as const
  ) {
    assertEquals([clientId, await isPresent(broker, clientId)], [
      clientId,
      present,
    ]);
  }
  // One that is connected isn't forgotten, however long it takes.
  await using other = await connectRaw5(broker);
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
  assertEquals((await stays.receive()).topic, "a");
});

Deno.test("startBroker() ends with 130 who asks at its end for a session that it didn't have", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker, session5("a", 0));
  await client.send(disconnect5(0, [[PROPERTY.sessionExpiryInterval, 60]]));
  assertEquals(await client.end(), 130);
  assertEquals(await isPresent(broker, "a"), 0);
});

Deno.test("startBroker() forgets a session at once whose DISCONNECT says 0", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker, session5("a"));
  await leave(client, 0);
  assertEquals(await isPresent(broker, "a"), 0);
});

Deno.test("startBroker() tells sessions apart by their client ids alone", async () => {
  await using broker = await startBroker({
    port: 0,
    users: { ann: "a", bob: "b" },
  });
  const ann = { user: "ann", password: "a" };
  for (const clientId of ["a", "A", "a "]) {
    const fields = { ...session5(clientId), ...ann };
    await using client = await connectRaw5(broker, fields);
    assertEquals(client.connack.sessionPresent, 0);
    await client.ask(TYPE5.SUBACK, subscribe5({ [`to/${clientId}`]: 1 }));
  }
  for (const clientId of ["a", "A", "a "]) {
    const topic = `to/${clientId}`;
    await using other = await connectRaw5(broker, ann);
    await other.ask(TYPE5.PUBACK, publish5({ topic, qos: 1 }));
    const fields = { ...session5(clientId), ...ann };
    await using client = await connectRaw5(broker, fields);
    assertEquals(client.connack.sessionPresent, 1);
    assertEquals((await client.receive()).topic, topic);
    await ping5(client);
  }
});

Deno.test("startBroker() gives a session to nobody but the user that it belongs to", async () => {
  await using broker = await startBroker({
    port: 0,
    users: { ann: "a", bob: "b" },
  });
  const ann = { ...session5("a"), user: "ann", password: "a" };
  (await connectRaw5(broker, ann)).close();
  const again = await connectRaw5(broker, ann);
  assertEquals(again.connack.sessionPresent, 1);
  again.close();
  const bob = { ...session5("a"), user: "bob", password: "b" };
  await using other = await connectRaw5(broker, bob);
  assertEquals(other.connack.sessionPresent, 0);
});

Deno.test("startBroker() takes a session over: the older connection ends with 142", async () => {
  await using broker = await startBroker({ port: 0 });
  await using first = await connectRaw5(broker, session5("a"));
  await first.ask(TYPE5.SUBACK, subscribe5({ a: 1 }));
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  assertEquals(await first.end(), 142);
  await using other = await connectRaw5(broker);
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
  assertEquals((await second.receive()).topic, "a");
  await using third = await connectRaw5(broker, {
    ...session5("a"),
    cleanStart: true,
  });
  assertEquals(third.connack.sessionPresent, 0);
  assertEquals(await second.end(), 142);
});

Deno.test("startBroker() never says that a session is there when it refuses", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "right" } });
  const right = { ...session5("a"), user: "ann", password: "right" };
  (await connectRaw5(broker, right)).close();
  await using client = await openRaw5(broker);
  const connack = await client.ask(
    TYPE5.CONNACK,
    connect5({ ...right, password: "wrong" }),
  );
  assertEquals([connack.sessionPresent, connack.reason], [0, 134]);
  assertEquals(await client.end(), undefined);
  await using back = await connectRaw5(broker, right);
  assertEquals(back.connack.sessionPresent, 1);
});

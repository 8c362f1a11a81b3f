import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  allEnd,
  endingsOf,
  refusalsOf,
} from "../../../testing/clients/endings5.ts";
import {
  auth5,
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
  ping5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

Deno.test("startBroker() closes without a word if the first packet isn't CONNECT", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases = {
    PUBLISH: publish5({ topic: "a" }),
    SUBSCRIBE: subscribe5({ a: 0 }),
    PINGREQ: rawPacket(TYPE5.PINGREQ),
    DISCONNECT: disconnect5(),
    AUTH: auth5(),
    "the type 0": rawPacket(0),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, undefined));
});

Deno.test("startBroker() ends with 130 who sends CONNECT twice", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases = {
    "with the same client id": connect5({ clientId: "a" }),
    "with another one": connect5({ clientId: "b" }),
  };
  const endings = await endingsOf(broker, cases, { clientId: "a" });
  assertEquals(endings, allEnd(cases, 130));
});

Deno.test("startBroker() refuses protocol versions that it doesn't speak with 132", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases: Record<string, Uint8Array> = {};
  for (const version of [0, 1, 2, 6, 127, 255]) {
    cases[version] = connect5();
    cases[version][8] = version;
  }
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 132));
});

Deno.test("startBroker() refuses protocol names that it doesn't speak", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases: Record<string, Uint8Array> = {};
  for (const name of ["MQTX", "mqtt", "HTTP"]) {
    const packet = connect5();
    packet.set(new TextEncoder().encode(name), 4);
    cases[name] = packet;
  }
  // What a stranger understands isn't known: 1 is MQTT 3.1.1's word for 132.
  const endings = Object.values(await refusalsOf(broker, cases));
  for (const ending of endings) {
    assert(ending === undefined || ending === 132 || ending === 1, `${ending}`);
  }
});

Deno.test("startBroker() answers CONNECT with one CONNACK and nothing before it", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(TYPE5.SUBACK, subscribe5({ a: 1 }));
  first.close();
  await using other = await connectRaw5(broker);
  await other.ask(TYPE5.PUBACK, publish5({ topic: "a", qos: 1 }));
  // What waits for it follows CONNACK, and so do answers to what it sends
  // before it has read that.
  await using second = await openRaw5(broker);
  await second.send(
    connect5(session5("a")),
    rawPacket(TYPE5.PINGREQ),
  );
  const connack = await second.take(TYPE5.CONNACK);
  assertEquals([connack.sessionPresent, connack.reason], [1, 0]);
  const types = [await second.next(), await second.next()];
  assertEquals(
    new Set(types.map((packet) => packet?.type)),
    new Set([TYPE5.PUBLISH, TYPE5.PINGRESP]),
  );
  await ping5(second);
});

Deno.test("startBroker() assigns a client id of its own to who has none", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5(""));
  await using second = await connectRaw5(broker, session5(""));
  const ids = [first, second].map(({ connack }) =>
    valuesOf(connack, "assignedClientIdentifier")
  );
  for (const values of ids) {
    assertEquals(values.length, 1);
    assertNotEquals(values[0], "");
  }
  assertNotEquals(ids[0], ids[1]);
  first.close();
  // It is a client id like any other.
  const clientId = ids[0]![0] as string;
  await using back = await connectRaw5(broker, session5(clientId));
  assertEquals(back.connack.sessionPresent, 1);
  assertEquals(valuesOf(back.connack, "assignedClientIdentifier"), []);
});

Deno.test("startBroker() takes client ids of 1 to 23 letters and digits, and others", async () => {
  await using broker = await startBroker({ port: 0 });
  const characters =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const ids = [
    ...characters,
    ...[characters.slice(0, 23), characters.slice(-23), characters],
    ...["a b", "é", "日本", "x".repeat(1_000)],
  ];
  for (const clientId of ids) {
    await using client = await connectRaw5(broker, { clientId });
    assertEquals(valuesOf(client.connack, "assignedClientIdentifier"), []);
  }
});

Deno.test("startBroker() says in CONNACK what it can, and nothing that it can't", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker, { clientId: "a" });
  const { connack } = client;
  // Left out, they say that all is there (section 3.2.2.3).
  const all = {
    maximumQoS: 2,
    retainAvailable: 1,
    wildcardSubscriptionAvailable: 1,
    subscriptionIdentifierAvailable: 1,
    sharedSubscriptionAvailable: 1,
  };
  for (const [name, value] of Object.entries(all)) {
    const [said = value] = valuesOf(connack, name as keyof typeof all);
    assertEquals([name, said], [name, value]);
  }
  const [aliases] = valuesOf(connack, "topicAliasMaximum");
  assert(Number(aliases) >= 10, `${aliases} topic aliases`);
  for (
    const name of [
      "authenticationMethod",
      "authenticationData",
      "responseInformation",
      "serverReference",
      "reasonString",
    ] as const
  ) {
    assertEquals([name, valuesOf(connack, name)], [name, []]);
  }
});

Deno.test("startBroker() says in CONNACK how large a packet may be, and how many may be under way", async () => {
  await using broker = await startBroker({
    port: 0,
    limits: { maxPacketSize: 5_000, maxInflight: 7 },
  });
  await using client = await connectRaw5(broker);
  assertEquals(valuesOf(client.connack, "maximumPacketSize"), [5_000]);
  assertEquals(valuesOf(client.connack, "receiveMaximum"), [7]);
});

Deno.test("startBroker() gives no response information unless asked", async () => {
  await using broker = await startBroker({ port: 0 });
  for (const value of [undefined, 0]) {
    await using client = await connectRaw5(broker, {
      properties: value === undefined
        ? []
        : [[PROPERTY.requestResponseInformation, value]],
    });
    assertEquals(valuesOf(client.connack, "responseInformation"), []);
  }
});

Deno.test("startBroker() reads what follows CONNECT only if it lets the client in", async () => {
  await using broker = await startBroker({
    port: 0,
    users: { ann: "right" },
  });
  const published = (payload: string) =>
    publish5({ topic: "a", payload, retain: true });
  await using wrong = await openRaw5(broker);
  await wrong.send(
    connect5({ user: "ann", password: "wrong" }),
    published("wrong"),
  );
  assertEquals((await wrong.take(TYPE5.CONNACK)).reason, 134);
  assertEquals(await wrong.end(), undefined);
  await using right = await openRaw5(broker);
  await right.send(
    connect5({ user: "ann", password: "right" }),
    subscribe5({ a: 0 }),
    published("right"),
  );
  assertEquals((await right.take(TYPE5.CONNACK)).reason, 0);
  await right.take(TYPE5.SUBACK);
  assertEquals((await right.take(TYPE5.PUBLISH)).payload, "right");
});

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  allEnd,
  endingsOf,
  leaveSession5,
  refusalsOf,
} from "../../../testing/clients/sessions5.ts";
import {
  auth5,
  connect5,
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import { rawPacket } from "../../../testing/clients/raw_client.ts";
import {
  connectRaw5,
  openRaw5,
  saidBy,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

test.broker("startBroker() ends with 130 who sends CONNECT twice", async (broker) => {
  const cases = {
    "with the same client id": connect5({ clientId: "a" }),
    "with another one": connect5({ clientId: "b" }),
  };
  const endings = await endingsOf(broker, cases, { clientId: "a" });
  assertEquals(endings, allEnd(cases, 130));
});

test.broker("startBroker() answers CONNECT with one CONNACK and nothing before it", async (broker) => {
  await leaveSession5(broker, "a", { a: 1 });
  await using other = await connectRaw5(broker);
  await other.publish({ topic: "a", qos: 1 });
  // What waits for it follows CONNACK, and so do answers to what it sends
  // before it has read that.
  await using second = await openRaw5(broker);
  await second.send(connect5(session5("a")), rawPacket(TYPE5.PINGREQ));
  const connack = await second.take(TYPE5.CONNACK);
  assertEquals([connack.sessionPresent, connack.reason], [1, 0]);
  const types = [await second.next(), await second.next()];
  assertEquals(
    new Set(types.map((packet) => packet?.type)),
    new Set([TYPE5.PUBLISH, TYPE5.PINGRESP]),
  );
  await second.ping();
});

test.broker("startBroker() assigns a client id of its own to who has none", async (broker) => {
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

test.broker("startBroker() takes client ids of 1 to 23 letters and digits, and others", async (broker) => {
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

test.broker("startBroker() says in CONNACK what it can, and nothing that it can't", async (broker) => {
  await using client = await connectRaw5(broker, { clientId: "a" });
  const { topicAliasMaximum: [aliases] = [], ...said } = saidBy(client.connack);
  assert(Number(aliases) >= 10, `${aliases} topic aliases`);
  // Left out, they say that all is there (section 3.2.2.3).
  const all = {
    ...{ maximumQoS: [2], retainAvailable: [1] },
    wildcardSubscriptionAvailable: [1],
    subscriptionIdentifierAvailable: [1],
    sharedSubscriptionAvailable: [1],
  };
  const { maximumPacketSize: _size, receiveMaximum: _most, ...rest } = said;
  assertEquals({ ...all, ...rest }, all);
});

Deno.test("startBroker() says in CONNACK how large a packet may be, and how many may be under way", async () => {
  const limits = { maxPacketSize: 5_000, maxInflight: 7 };
  await using broker = await openBroker({ limits });
  await using client = await connectRaw5(broker);
  assertEquals(valuesOf(client.connack, "maximumPacketSize"), [5_000]);
  assertEquals(valuesOf(client.connack, "receiveMaximum"), [7]);
});

test.broker("startBroker() gives no response information unless asked", async (broker) => {
  const no: Property = [PROPERTY.requestResponseInformation, 0];
  for (const properties of [[], [no]]) {
    await using client = await connectRaw5(broker, { properties });
    assertEquals(valuesOf(client.connack, "responseInformation"), []);
  }
});

const USERS = { users: { ann: "right" } };
const RIGHT = { user: "ann", password: "right" };
const WRONG = { user: "ann", password: "wrong" };

Deno.test("startBroker() reads what follows CONNECT only if it lets the client in", async () => {
  await using broker = await openBroker(USERS);
  const published = (payload: string) =>
    publish5({ topic: "a", payload, retain: true });
  await using wrong = await openRaw5(broker);
  await wrong.send(connect5(WRONG), published("wrong"));
  assertEquals((await wrong.take(TYPE5.CONNACK)).reason, 134);
  assertEquals(await wrong.end(), undefined);
  await using right = await openRaw5(broker);
  await right.send(connect5(RIGHT), subscribe5({ a: 0 }), published("right"));
  assertEquals((await right.take(TYPE5.CONNACK)).reason, 0);
  await right.take(TYPE5.SUBACK);
  assertEquals((await right.take(TYPE5.PUBLISH)).payload, "right");
});

const METHOD: Property = [PROPERTY.authenticationMethod, "SCRAM-SHA-1"];
const DATA: Property = [PROPERTY.authenticationData, Uint8Array.of(1, 2)];

test.broker("startBroker() refuses an authentication method with 140, and reads nothing that follows", async (broker) => {
  await using reader = await subscribeRaw5(broker, { "#": 0 });
  const cases = {
    "a method": connect5({ properties: [METHOD] }),
    "a method with data": connect5({ properties: [METHOD, DATA] }),
    "an empty method": //
      connect5({ properties: [[PROPERTY.authenticationMethod, ""]] }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 140));
  await using client = await openRaw5(broker);
  await client.send(
    connect5({ properties: [METHOD] }),
    auth5(0x18, [METHOD]),
    publish5({ topic: "a" }),
  );
  const connack = await client.take(TYPE5.CONNACK);
  assertEquals(connack.reason, 140);
  assertEquals(valuesOf(connack, "authenticationMethod"), []);
  assertEquals(await client.end(), undefined);
  await reader.ping();
});

test.broker("startBroker() ends with 130 who sends AUTH without an authentication method", async (broker) => {
  const cases = {
    "to go on": auth5(0x18, [METHOD]),
    "anew": auth5(0x19, [METHOD]),
    "without a method": auth5(0x19),
    "with nothing": auth5(),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 130));
});

Deno.test("startBroker() sends neither AUTH nor an authentication method to who has none", async () => {
  await using broker = await openBroker(USERS);
  await using client = await connectRaw5(broker, RIGHT);
  assertEquals(valuesOf(client.connack, "authenticationMethod"), []);
  assertEquals(valuesOf(client.connack, "authenticationData"), []);
  await client.ping();
});

Deno.test("startBroker() refuses a wrong name or password with 134, and who gives none with an error", async () => {
  await using broker = await openBroker(USERS);
  const { none, ...wrong } = await refusalsOf(broker, {
    password: connect5(WRONG),
    name: connect5({ ...RIGHT, user: "bob" }),
    "no password": connect5({ user: "ann" }),
    none: connect5(),
  });
  assertEquals(wrong, allEnd(wrong, 134));
  assert(none === 134 || none === 135, `${none}`);
});

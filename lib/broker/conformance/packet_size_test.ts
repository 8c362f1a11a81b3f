import { assert, assertEquals } from "@std/assert";
import {
  acknowledge5,
  auth5,
  connect5,
  type Connect5Fields,
  publish5,
  session5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import { rawPacket } from "../../../testing/clients/raw_client.ts";
import {
  connectRaw5,
  openRaw5,
  type Packet5,
  type RawClient5,
  saidBy,
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import { test, times } from "../../../testing/test.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";
import { leaveSession5 } from "../../../testing/clients/sessions5.ts";

const { PUBREC, PUBREL, PUBCOMP, PUBLISH } = TYPE5;

/** A client that takes no packet of more than so many bytes. */
function small(size: number, fields: Connect5Fields = {}): Connect5Fields {
  const { properties = [] } = fields;
  const maximum: Property = [PROPERTY.maximumPacketSize, size];
  return { ...fields, properties: [...properties, maximum] };
}

/** Every answer that has a reason code, errors where there are any. */
async function answers(
  broker: { port: number },
  properties: Property[],
): Promise<Packet5[]> {
  await using client = await connectRaw5(broker, { clientId: "a", properties });
  const forbidden = { topic: "forbidden", payload: "x" };
  const packets = [
    client.connack,
    await client.publish({ ...forbidden, qos: 1 }),
    await client.publish({ ...forbidden, qos: 2 }),
    await client.ask(PUBCOMP, acknowledge5(PUBREL, 9)),
    await client.ask(PUBREL, acknowledge5(PUBREC, await finished(client))),
    await client.subscribe({ forbidden: 1 }),
    await client.unsubscribe(["forbidden"]),
    await client.ask(TYPE5.DISCONNECT, auth5(0x19)),
  ];
  const reasons = packets.map(({ reason, reasons }) => [reason, ...reasons]);
  assertEquals(reasons, [
    ...[[0], [135], [135], [146], [146], [0, 135], [0, 17], [130]],
  ]);
  return packets;
}

/** The identifier of a message of QoS 2 that the broker has delivered. */
async function finished(client: RawClient5): Promise<number> {
  await client.subscribe({ a: 2 });
  await client.ask(PUBREC, publish5({ topic: "a", qos: 2 }));
  const { id } = await client.receive();
  await client.ask(PUBCOMP, acknowledge5(PUBREL, 1));
  // Its last answer has arrived when the second ping is answered.
  await client.ping();
  await client.ping();
  return id;
}

const RULES = { rules: [{ publish: ["a"], subscribe: ["a"] }] };

Deno.test("startBroker() leaves out what would make an answer larger than its client takes", async () => {
  await using broker = await openBroker(RULES);
  for (const size of [24, 32]) {
    const maximum: Property = [PROPERTY.maximumPacketSize, size];
    for (const packet of await answers(broker, [maximum])) {
      assert(packet.size <= size, `${packet.type} has ${packet.size} bytes`);
    }
  }
});

Deno.test("startBroker() explains itself only to who has asked for it", async () => {
  await using broker = await openBroker(RULES);
  const explained = (packets: Packet5[]) =>
    packets.filter((packet) => {
      const { reasonString, userProperty } = saidBy(packet);
      return reasonString !== undefined || userProperty !== undefined;
    }).map(({ type }) => type);
  const no: Property = [PROPERTY.requestProblemInformation, 0];
  const quiet = await answers(broker, [no]);
  const allowed: number[] = [TYPE5.CONNACK, TYPE5.DISCONNECT];
  assertEquals(explained(quiet).filter((type) => !allowed.includes(type)), []);
  // Unless told otherwise a client wants to know (section 3.1.2.11.7).
  const open = explained(await answers(broker, []));
  assert(open.length > 0, "Nothing explained");
});

Deno.test("startBroker() refuses in no more bytes than the client takes", async () => {
  await using broker = await openBroker({ users: { ann: "right" } });
  const wrong = { user: "ann", password: "wrong" };
  for (const size of [5, 10, 20]) {
    await using client = await openRaw5(broker);
    const connect = connect5(small(size, wrong));
    const connack = await client.ask(TYPE5.CONNACK, connect);
    assertEquals(connack.reason, 134);
    assert(connack.size <= size, `CONNACK has ${connack.size} bytes`);
    assertEquals(await client.end(), undefined);
  }
});

test.connected("startBroker() doesn't send a message that is larger than its client takes", async ({ broker, client }) => {
  const fields = small(100, session5("a"));
  await using subscriber = await subscribeRaw5(broker, { a: 2 }, fields);
  for (const qos of [0, 1, 2] as const) {
    for (const length of [50, 200, 60]) {
      const payload = "x".repeat(length);
      await client.publish({ topic: "a", payload, qos });
    }
    for (const length of [50, 60]) {
      const packet = await subscriber.receive();
      assertEquals([packet.payload.length, packet.qos], [length, qos]);
    }
  }
  // Its last PUBCOMP has arrived when the second ping is answered.
  await subscriber.ping();
  await subscriber.ping();
  // It counts as delivered: who comes back with more room doesn't get it.
  await using back = await connectRaw5(broker, session5("a"));
  assertEquals(back.connack.sessionPresent, 1);
  await back.ping();
});

test.connected("startBroker() keeps to the byte what its client takes", async ({ broker, client }) => {
  const properties = [[PROPERTY.userProperty, ["name", "value"]]] as const;
  const packet = { topic: "a", payload: "x".repeat(50), properties };
  const { length } = publish5(packet);
  await using exact = await connectRaw5(broker, small(length));
  await using less = await connectRaw5(broker, small(length - 1));
  for (const subscriber of [exact, less]) {
    await subscriber.subscribe({ a: 0 });
  }
  await client.send(publish5(packet), publish5({ topic: "a", payload: "end" }));
  const whole = await exact.take(PUBLISH);
  assertEquals([whole.size, whole.payload.length], [length, 50]);
  assertEquals((await exact.take(PUBLISH)).payload, "end");
  assertEquals((await less.take(PUBLISH)).payload, "end");
});

test.connected("startBroker() drops what is kept for its client, but too large for its new connection", async ({ broker, client }) => {
  await leaveSession5(broker, "a", { a: 1 });
  for (const length of [200, 20]) {
    const payload = "x".repeat(length);
    await client.publish({ topic: "a", payload, qos: 1 });
  }
  const fields = small(100, session5("a"));
  await using second = await connectRaw5(broker, fields);
  assertEquals((await second.receive()).payload.length, 20);
  await second.ping();
});

Deno.test("startBroker() ends with 149 who sends a packet that is too large", async () => {
  await using broker = await openBroker({ limits: { maxPacketSize: 1_000 } });
  await using client = await connectRaw5(broker);
  assertEquals(valuesOf(client.connack, "maximumPacketSize"), [1_000]);
  const fitting = publish5({ topic: "a", payload: "x".repeat(993), qos: 0 });
  assertEquals(fitting.length, 1_000);
  await client.send(fitting);
  await client.ping();
  const large = publish5({ topic: "a", payload: "x".repeat(994) });
  await client.send(large.subarray(0, 3));
  assertEquals(await client.end(), 149);
  // Before CONNECT there is nobody to tell.
  await using stranger = await openRaw5(broker);
  await stranger.send(Uint8Array.of(TYPE5.CONNECT, 0xff, 0xff, 0x7f));
  assertEquals(await stranger.end(), undefined);
});

Deno.test("startBroker() sends nothing at all that is larger than its client takes", async () => {
  await using broker = await openBroker(RULES);
  const many = (start: string) => times(160, (index) => `${start}/${index}`);
  const subscribe = (filters: string[]) =>
    subscribe5(Object.fromEntries(filters.map((filter) => [filter, 0])));
  const packets = {
    "CONNACK": [],
    "SUBACK with 160 codes": [subscribe(many("a"))],
    "SUBACK with a reason besides": [subscribe(many("forbidden"))],
    "UNSUBACK with 160 codes": [unsubscribe5(many("a"))],
    "DISCONNECT": [connect5()],
  };
  for (const size of [4, 8, 16, 32, 64, 128, 170, 200]) {
    for (const [what, sent] of Object.entries(packets)) {
      await using client = await openRaw5(broker);
      const ping = rawPacket(TYPE5.PINGREQ);
      await client.send(connect5(small(size)), ...sent, ping);
      // An answer that can't be given ends the connection.
      while (true) {
        const packet = await client.next();
        if (packet === undefined || packet.type === TYPE5.PINGRESP) break;
        const fits = packet.size <= size;
        assert(fits, `${what}: ${packet.size} bytes, where ${size} may be`);
      }
    }
  }
});

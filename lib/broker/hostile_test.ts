// What MQTT 3.1.1 forbids, and what the broker does about it: it closes that
// connection (section 4.8) and serves the others.

import { assert, assertEquals } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  subscribePacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test, times } from "../../testing/test.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";

const UNSUBSCRIBE = 0xa2;
const bytes = (...values: number[]) => Uint8Array.from(values);
const encode = (text: string) => new TextEncoder().encode(text);
/** A length of two bytes, and what has it. */
const field = (...content: number[]) =>
  bytes(content.length >> 8, content.length & 0xff, ...content);
const text = (value: string) => field(...encode(value));
const id = bytes(0, 1);

/** Not UTF-8: halves of a surrogate pair, a NUL in two bytes, a lone byte … */
const BAD_TEXTS = [
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xc0, 0x80],
  [0x61, 0xff],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x82],
  // … and NUL itself, which is, but mustn't be (section 1.5.3).
  [0x61, 0x00, 0x62],
].map((content) => field(...content));

/** What may be no part of a topic: the first and last of each range. */
const UNPRINTABLE = [
  ...[0x01, 0x1b, 0x1f, 0x7f, 0x80, 0x9f, 0x2028, 0x2029, 0x202a, 0x202e],
  ...[0x2066, 0x2069, 0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff],
].map((point) => String.fromCodePoint(point));

/** CONNECT with a name, a level and flags of one's own. */
const connect = (
  name: string,
  level: number,
  flags = 2,
  ...rest: Uint8Array[]
) => rawPacket(TYPE.CONNECT, text(name), bytes(level, flags, 0, 0), ...rest);

/** CONNECT in MQTT 3.1.1, with flags of one's own. */
const connect4 = (flags: number, ...rest: Uint8Array[]) =>
  connect("MQTT", 4, flags, ...rest);

/** What may not be the first packet. */
const BEFORE_CONNECT: Record<string, Uint8Array> = {
  "PUBLISH": publishPacket({ topic: "a" }),
  "SUBSCRIBE": subscribePacket({ a: 0 }),
  "PINGREQ": rawPacket(TYPE.PINGREQ),
  "DISCONNECT": rawPacket(TYPE.DISCONNECT),
  "AUTH": bytes(0xf0, 0),
  "CONNACK": rawPacket(TYPE.CONNACK, bytes(0, 0)),
  "a packet of type 0": bytes(0, 0),
  "an HTTP request": encode("GET / HTTP/1.1\r\n\r\n"),
  "a TLS handshake": bytes(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3),
  "CONNECT with a reserved flag in its header": bytes(0x11, 0),
  "CONNECT without anything": rawPacket(TYPE.CONNECT),
  "CONNECT with a reserved flag": connect4(3, text("a")),
  "CONNECT with a will of QoS 3": //
    connect4(0x1e, text("a"), text("will"), text("")),
  "CONNECT with a QoS for no will": connect4(0x0a, text("a")),
  "CONNECT that retains no will": connect4(0x22, text("a")),
  "CONNECT with a password of nobody": connect4(0x42, text("a"), text("x")),
  "CONNECT that lacks its user": connect4(0x82, text("a")),
  "CONNECT that lacks its client id": connect4(2),
  "CONNECT that goes on after its end": connect4(2, text("a"), text("b")),
  "CONNECT with an empty will topic": //
    connect4(6, text("a"), text(""), text("x")),
  "CONNECT that announces 256 MB": bytes(0x10, 0xff, 0xff, 0xff, 0x7f),
  "a remaining length of five bytes": bytes(0x10, 0x80, 0x80, 0x80, 0x80, 1),
  ...Object.fromEntries(BAD_TEXTS.map((bad) => [
    `CONNECT with the client id ${bad.subarray(2)}`,
    connect4(2, bad),
  ])),
};

/** What may not follow. */
const AFTER_CONNECT: Record<string, Uint8Array> = {
  "a second CONNECT": connectPacket(),
  "CONNACK": rawPacket(TYPE.CONNACK, bytes(0, 0)),
  "SUBACK": rawPacket(TYPE.SUBACK, id, bytes(0)),
  "UNSUBACK": rawPacket(0xb0, id),
  "PINGRESP": rawPacket(TYPE.PINGRESP),
  "a packet of type 0": bytes(0, 0),
  "a packet of type 15": bytes(0xf0, 0),
  "PUBLISH at QoS 3": rawPacket(0x36, text("a"), id),
  "PUBLISH with the id 0": publishPacket({ topic: "a", qos: 1, id: 0 }),
  "PUBLISH that lacks its id": rawPacket(0x32, text("a")),
  "PUBLISH without a topic": publishPacket({ topic: "" }),
  "PUBLISH on +": publishPacket({ topic: "a/+" }),
  "PUBLISH on #": publishPacket({ topic: "#" }),
  "PUBLISH whose topic is longer than it": //
    rawPacket(0x30, bytes(0, 9), encode("a")),
  "PUBLISH on 65,535 levels": publishPacket({ topic: "/".repeat(65_534) }),
  "PUBREL with flags of PUBACK": acknowledgement(0x60, 1),
  "PUBACK with flags": acknowledgement(0x42, 1),
  "PUBACK with the id 0": acknowledgement(TYPE.PUBACK, 0),
  "PUBREC with half an id": rawPacket(TYPE.PUBREC, bytes(1)),
  "PUBCOMP that goes on": rawPacket(TYPE.PUBCOMP, id, bytes(0)),
  "SUBSCRIBE with flags of PUBLISH": rawPacket(0x80, id, text("a"), bytes(0)),
  "SUBSCRIBE with the id 0": subscribePacket({ a: 0 }, 0),
  "SUBSCRIBE to nothing": rawPacket(TYPE.SUBSCRIBE, id),
  "SUBSCRIBE to an empty filter": subscribePacket({ "": 0 }),
  "SUBSCRIBE that lacks its QoS": rawPacket(TYPE.SUBSCRIBE, id, text("a")),
  "SUBSCRIBE at QoS 3": rawPacket(TYPE.SUBSCRIBE, id, text("a"), bytes(3)),
  "SUBSCRIBE with reserved bits": //
    rawPacket(TYPE.SUBSCRIBE, id, text("a"), bytes(4)),
  "SUBSCRIBE to a#": subscribePacket({ "a#": 0 }),
  "SUBSCRIBE to a/#/b": subscribePacket({ "a/#/b": 0 }),
  ...Object.fromEntries(
    ["$share/g", "$share/g/", "$share//a", "$share/+/a"].map((filter) => [
      `SUBSCRIBE to ${filter}`,
      subscribePacket({ [filter]: 1 }),
    ]),
  ),
  "SUBSCRIBE to #/a": subscribePacket({ "#/a": 0 }),
  "SUBSCRIBE to a/+b": subscribePacket({ "a/+b": 0 }),
  "SUBSCRIBE to +a": subscribePacket({ "+a": 0 }),
  "SUBSCRIBE to 201 levels": subscribePacket({ ["a/".repeat(200)]: 0 }),
  "PUBLISH on 201 levels": publishPacket({ topic: "a/".repeat(200) }),
  ...Object.fromEntries(UNPRINTABLE.flatMap((character) => {
    const name = character.codePointAt(0)!.toString(16);
    return [
      [`PUBLISH on U+${name}`, publishPacket({ topic: `a${character}` })],
      [`SUBSCRIBE to U+${name}`, subscribePacket({ [`a${character}`]: 0 })],
    ];
  })),
  "SUBSCRIBE to 32,768 levels": subscribePacket({ ["+/".repeat(32_767)]: 0 }),
  "UNSUBSCRIBE from nothing": rawPacket(UNSUBSCRIBE, id),
  "UNSUBSCRIBE from a/#/b": rawPacket(UNSUBSCRIBE, id, text("a/#/b")),
  "PINGREQ with a payload": rawPacket(TYPE.PINGREQ, bytes(0)),
  "DISCONNECT with a payload": rawPacket(TYPE.DISCONNECT, bytes(0)),
  "DISCONNECT with flags": bytes(0xe1, 0),
  "PUBLISH that announces 256 MB": bytes(0x30, 0xff, 0xff, 0xff, 0x7f),
  "a remaining length of five bytes": bytes(0x30, 0x80, 0x80, 0x80, 0x80, 1),
  ...Object.fromEntries(BAD_TEXTS.flatMap((bad) => [
    [`PUBLISH on ${bad.subarray(2)}`, rawPacket(0x30, bad)],
    [
      `SUBSCRIBE to ${bad.subarray(2)}`,
      rawPacket(TYPE.SUBSCRIBE, id, bad, bytes(0)),
    ],
  ])),
};

test.broker("startBroker() cuts who begins with anything but a proper CONNECT, and serves the others", async (broker) => {
  await using other = await openRaw(broker, {});
  for (const [name, packet] of Object.entries(BEFORE_CONNECT)) {
    broker.lines.length = 0;
    await using raw = await openRaw(broker);
    await raw.send(packet);
    assertEquals(await raw.next(), undefined, name);
    assertEquals(broker.lines.length, 1, `${name}: ${broker.lines}`);
    await other.ping();
  }
});

test.broker("startBroker() cuts who sends what MQTT 3.1.1 forbids, and serves the others", async (broker) => {
  await using other = await openRaw(broker, {});
  for (const [name, packet] of Object.entries(AFTER_CONNECT)) {
    await using raw = await openRaw(broker, { clientId: "hostile" });
    // What came before it counts.
    await raw.send(rawPacket(TYPE.PINGREQ), packet, rawPacket(TYPE.PINGREQ));
    assertEquals((await raw.next())?.header, TYPE.PINGRESP, name);
    assertEquals(await raw.next(), undefined, name);
    await other.ping();
  }
  const complaints = broker.lines.filter((line) =>
    line.startsWith('Client "hostile" from ')
  );
  assertEquals(complaints.length, Object.keys(AFTER_CONNECT).length);
});

test.broker("startBroker() says in CONNACK that it doesn't speak a protocol", async (broker) => {
  const levels = [0, 1, 2, 3, 6, 127, 255];
  const names = ["MQIsdp", "mqtt", "", "AMQP", "MQTX", "HTTP"];
  const others = [
    ...levels.map((level) => ["MQTT", level] as const),
    ...names.flatMap((name) => [[name, 4], [name, 5]] as const),
  ];
  for (const [name, level] of others) {
    await using raw = await openRaw(broker);
    await raw.send(connect(name, level, 2, text("a")));
    const packet = await raw.next();
    // MQTT 5.0 says it for all versions but those that came before.
    const code = name === "MQTT" ? [132, 0] : [1];
    const expected = [TYPE.CONNACK, 0, ...code];
    assertEquals([packet?.header, ...packet?.body ?? []], expected);
    assertEquals(await raw.next(), undefined);
  }
});

test.broker("startBroker() answers what is out of order, but allowed", async (broker) => {
  await using raw = await openRaw(broker, {});
  // A PUBLISH may have been forgotten, so its PUBREL has an answer (section 4.3.3).
  await raw.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 7));
  // A length may have more bytes than it needs: nothing forbids it.
  await raw.ask(TYPE.PINGRESP, bytes(TYPE.PINGREQ, 0x80, 0x80, 0x00));
});

test.broker("startBroker() stays in step, wherever packets are cut", async (broker) => {
  const packets = [
    subscribePacket({ a: 0 }),
    rawPacket(TYPE.PINGREQ),
    subscribePacket({ b: 1, "+/c/+": 2 }, 2),
    publishPacket({ topic: "a", payload: "hello" }),
  ];
  const all = packets.flatMap((packet) => [...packet]);
  for (let cut = 0; cut < all.length; cut++) {
    await using raw = await openRaw(broker, {});
    await raw.send(bytes(...all.slice(0, cut)));
    await raw.send(bytes(...all.slice(cut)));
    const headers = [];
    while (headers.length < 4) headers.push((await raw.next())?.header);
    const { SUBACK, PINGRESP, PUBLISH } = TYPE;
    assertEquals(headers, [SUBACK, PINGRESP, SUBACK, PUBLISH], `${cut}`);
  }
});

/** A message of each QoS that is under way to a subscriber, with its ids. */
async function underWay(broker: { port: number }) {
  const raw = await subscribeRaw(broker, { "#": 2 });
  const ids = [0, 0, 0];
  for (const qos of [1, 2] as const) {
    await using publisher = await openRaw(broker, {});
    await publisher.send(publishPacket({ topic: "a", qos }));
    ids[qos] = (await raw.message()).id!;
  }
  return { raw, ids };
}

test.broker("startBroker() cuts who acknowledges what can't be", async (broker) => {
  const wrong: [string, number, 0 | 1 | 2][] = [
    ["a PUBREC for QoS 1", TYPE.PUBREC, 1],
    ["a PUBCOMP for QoS 1", TYPE.PUBCOMP, 1],
    ["a PUBACK for QoS 2", TYPE.PUBACK, 2],
    ["a PUBCOMP before the PUBREC", TYPE.PUBCOMP, 2],
    ["a PUBACK for what was never sent", TYPE.PUBACK, 0],
    ["a PUBREC for what was never sent", TYPE.PUBREC, 0],
    ["a PUBCOMP for what was never sent", TYPE.PUBCOMP, 0],
  ];
  for (const [name, type, qos] of wrong) {
    const { raw, ids } = await underWay(broker);
    await raw.send(acknowledgement(type, ids[qos] || 99));
    assertEquals(await raw.next(), undefined, name);
    raw.close();
  }
  // Saying it twice is another matter: the first time may have been lost.
  const { raw, ids } = await underWay(broker);
  await raw.send(
    acknowledgement(TYPE.PUBACK, ids[1]!),
    acknowledgement(TYPE.PUBACK, ids[1]!),
  );
  for (let count = 0; count < 2; count++) {
    await raw.ask(TYPE.PUBREL, acknowledgement(TYPE.PUBREC, ids[2]!));
  }
  for (let count = 0; count < 2; count++) {
    await raw.send(acknowledgement(TYPE.PUBCOMP, ids[2]!));
  }
  await raw.ping();
  raw.close();
});

test.broker("startBroker() does nothing for what follows DISCONNECT", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "#": 0 });
  await using raw = await openRaw(broker);
  await raw.send(
    connectPacket({ will: { topic: "will", payload: "" } }),
    publishPacket({ topic: "before" }),
    rawPacket(TYPE.DISCONNECT),
    publishPacket({ topic: "after" }),
  );
  while (await raw.next() !== undefined);
  assertEquals((await subscriber.message()).topic, "before");
  await subscriber.ping();
});

test.broker("startBroker() keeps what names of objects can't reach", async (broker) => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    for (const clean of [true, false]) {
      await using raw = await openRaw(broker, { clientId: name, clean });
      await raw.send(subscribePacket({ [`${name}/x`]: 1, [name]: 1 }));
      assertEquals((await raw.next())?.body.at(-1), 1);
      await raw.send(publishPacket({ topic: name, qos: 1, retain: true }));
      const headers = [(await raw.next())?.header, (await raw.next())?.header];
      assertEquals(headers.sort(), [0x32, TYPE.PUBACK]);
    }
  }
});

test.broker("startBroker() finds who gets a message in little time, however deep the topics", async (broker) => {
  // All combinations of + and a name on the first levels, and # at each depth.
  const filters = times(200, (index) => {
    const levels = index.toString(2).padStart(8, "0").split("");
    const start = levels.map((bit) => bit === "1" ? "+" : "a").join("/");
    return `${start}${"/+".repeat(index % 191)}/#`;
  });
  const clients = await Promise.all(
    [true, false].map((clean) =>
      openRaw(broker, { clientId: `${clean}`, clean })
    ),
  );
  for (const raw of clients) {
    await raw.send(
      subscribePacket(Object.fromEntries(filters.map((name) => [name, 1]))),
    );
    assertEquals((await raw.next())?.body.length, 2 + filters.length);
  }
  await using publisher = await openRaw(broker, {});
  const topic = Array(200).fill("a").join("/");
  // The quickest of many, which other programs on the machine don't slow down.
  let milliseconds = Infinity;
  for (let count = 0; count < 100; count++) {
    const start = performance.now();
    await publisher.publish({ topic, qos: 1 });
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  assert(milliseconds < 50, `${milliseconds} ms for a message`);
  for (const raw of clients) {
    assertEquals((await raw.message()).topic, topic);
    raw.close();
  }
});

Deno.test("startBroker() keeps little for a subscriber that never reads", async () => {
  const limits = { maxQueuedBytes: 2_000_000 };
  await using broker = await openBroker({ limits });
  await using _deaf = await subscribeRaw(broker, { "#": 1 }, {
    clientId: "deaf",
  });
  // From here on nothing of it is read, but what the system's buffers take.
  const { publish, [Symbol.asyncDispose]: leave } = await openClient(
    broker.url,
  );
  const payload = "x".repeat(100_000);
  for (let count = 0; count < 60; count++) {
    await publish("a", payload, { qos: 1 });
  }
  assert(
    broker.lines.some((line) => /"deaf" has .* dropped so far: 10 /.test(line)),
    broker.lines.join("\n"),
  );
  await leave();
});

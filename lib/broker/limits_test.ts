import { assert, assertEquals, assertRejects } from "@std/assert";
import { type BrokerLimits, startBroker } from "../broker.ts";
import { readLimits } from "./limits.ts";
import { CA, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  subscribePacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import {
  FRAME,
  frame,
  httpRequest,
  UPGRADE,
} from "../../testing/clients/websocket_frames.ts";
import {
  EVERYWHERE,
  openBroker,
  portsOf,
  type TestBroker,
} from "../../testing/brokers/embedded_broker.ts";
import { times } from "../../testing/test.ts";

const has = ({ lines }: TestBroker, part: string) =>
  lines.some((line) => line.includes(part));

Deno.test("startBroker() rejects limits that can't be", async () => {
  const wrong: [BrokerLimits, string][] = [
    [{ maxConnections: 0 }, "is 0: it must be a whole number of 1 or more"],
    [
      { maxTopicLevels: 201 },
      "is 201: it must be a whole number from 1 to 200",
    ],
    [{ maxMessageRate: NaN }, "is NaN"],
    [{ maxQueuedMessages: 1.5 }, "is 1.5"],
    [{ maxPacketSize: Infinity }, "is Infinity"],
  ];
  for (const [limits, text] of wrong) {
    const message = `${Object.keys(limits)} ${text}`;
    await rejection(startBroker({ port: 0, limits }), RangeError, message);
  }
  const { maxSessions, maxTopicLevels } = readLimits({ maxSessions: Infinity });
  assertEquals([maxSessions, maxTopicLevels], [Infinity, 200]);
});

Deno.test("startBroker() closes connections beyond the limit, and takes new ones when there is room", async () => {
  for (const name of ["maxConnections", "maxConnectionsPerAddress"] as const) {
    await using broker = await openBroker({ limits: { [name]: 3 } });
    const inside = await Promise.all([0, 1, 2].map(() => openRaw(broker, {})));
    for (let count = 0; count < 20; count++) {
      await using outside = await openRaw(broker);
      assertEquals(await outside.next(), undefined);
    }
    assertEquals(broker.lines.filter((line) => line.includes(name)).length, 2);
    assert(has(broker, ": 10 ("), broker.lines.join("\n"));
    for (const raw of inside) await raw.ping();
    await inside[0]!.send(rawPacket(TYPE.DISCONNECT));
    assertEquals(await inside[0]!.next(), undefined);
    await using _again = await openRaw(broker, {});
    for (const raw of inside) raw.close();
  }
});

Deno.test("startBroker() counts the connections of all its ports together", async () => {
  await using broker = await openBroker({
    limits: { maxConnections: 2 },
    websocketPort: 0,
    tls: { ...LOCALHOST, port: 0 },
  });
  await using _one = await openClient(broker.websocketUrl!);
  await using _two = await openClient(broker.tlsUrl!, { ca: CA });
  for (const url of [broker.url, broker.websocketUrl!, broker.tlsUrl!]) {
    await assertRejects(() => openClient(url, { ca: CA }));
  }
});

Deno.test("startBroker() closes in time who doesn't get to CONNECT, on any port", async () => {
  await using broker = await openBroker({
    limits: { connectTimeout: 1 },
    ...EVERYWHERE,
  });
  const ports = portsOf(broker);
  const start = performance.now();
  await Promise.all(ports.map(async (port) => {
    await using silent = await openRaw({ port });
    assertEquals(await silent.next(), undefined);
  }));
  // It says a byte of CONNECT or of a request now and then.
  const beginnings = [
    connectPacket({ clientId: "x".repeat(1_000) }),
    httpRequest(["GET / HTTP/1.1", "Host: a", `X: ${"y".repeat(1_000)}`]),
  ];
  await Promise.all(beginnings.map(async (bytes, index) => {
    await using dribbling = await openRaw({ port: ports[index]! });
    const over = dribbling.next();
    let isOver = false;
    over.then(() => isOver = true);
    for (const byte of bytes) {
      if (isOver) break;
      await dribbling.send(Uint8Array.of(byte)).catch(() => {});
      await Promise.race([over, new Promise((go) => setTimeout(go, 20))]);
    }
    assertEquals(await over, undefined);
  }));
  const seconds = (performance.now() - start) / 1_000;
  assert(seconds > 1.9 && seconds < 8, `${seconds} s`);
  await using client = await openClient(broker.url);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert(client.client.connected, "It has connected in time");
});

Deno.test("startBroker() cuts a client upon the header of a packet that is too large", async () => {
  await using broker = await openBroker({
    limits: { maxPacketSize: 1_000 },
    websocketPort: 0,
  });
  await using raw = await openRaw(broker, {});
  // As large as may be, then a byte more, of which only the header is sent.
  const topic = "t";
  await raw.publish({ topic, payload: "x".repeat(992), qos: 1 });
  await raw.send(
    publishPacket({ topic, payload: "x".repeat(993), qos: 1 }).subarray(0, 3),
  );
  assertEquals(await raw.next(), undefined);
  assert(has(broker, "Packet has 1001 bytes: maxPacketSize allows 1000"));
  await using large = await openRaw(broker);
  await large.send(Uint8Array.of(0x10, 0xff, 0xff, 0x7f));
  assertEquals(await large.next(), undefined);
});

Deno.test("startBroker() reads slower from who sends too much, and loses nothing", async () => {
  await using broker = await openBroker({ limits: { maxMessageRate: 200 } });
  await using subscriber = await subscribeRaw(broker, { "rate/#": 0 });
  await using publisher = await openRaw(broker, {});
  const start = performance.now();
  const total = 500;
  const packets = times(
    total,
    (index) => publishPacket({ topic: "rate/x", payload: `${index}` }),
  );
  // It has gone before its turn comes.
  await publisher.send(...packets, rawPacket(TYPE.DISCONNECT));
  await using other = await openRaw(broker, {});
  await other.ping();
  for (let index = 0; index < total; index++) {
    assertEquals((await subscriber.message()).payload, `${index}`);
  }
  const seconds = (performance.now() - start) / 1_000;
  // The first 200 or so pass at once.
  assert(seconds > 1.2, `${seconds} s`);
});

Deno.test("startBroker() cuts who uses more levels than there may be", async () => {
  await using broker = await openBroker({ limits: { maxTopicLevels: 3 } });
  await using fine = await openRaw(broker, {});
  assertEquals(await fine.subscribe({ "a/b/#": 1 }), [1]);
  const deep = [
    publishPacket({ topic: "a/b/c/d" }),
    subscribePacket({ "a/b/c/#": 1 }),
    subscribePacket({ "///": 1 }),
  ];
  for (const packet of deep) {
    await using raw = await openRaw(broker, {});
    await raw.send(packet);
    assertEquals(await raw.next(), undefined);
  }
  await using dying = await openRaw(broker);
  await dying.send(connectPacket({ will: { topic: "a/b/c/d", payload: "" } }));
  assertEquals(await dying.next(), undefined);
  const cut = broker.lines.filter((line) => line.includes("Levels is 3"));
  assertEquals(cut.length, 4);
});

Deno.test("startBroker() refuses subscriptions beyond the limit, and keeps none of them", async () => {
  await using broker = await openBroker({ limits: { maxSubscriptions: 2 } });
  for (const clean of [true, false]) {
    const session = { clientId: `many ${clean}`, clean };
    await using raw = await openRaw(broker, session);
    assertEquals(await raw.subscribe({ a: 1, b: 1, c: 1 }), [1, 1, 128]);
    assertEquals(await raw.subscribe({ b: 0, d: 1 }), [0, 128]);
    const filter = new TextEncoder().encode("b");
    await raw.send(rawPacket(0xa2, Uint8Array.of(0, 2, 0, 1), filter));
    assertEquals((await raw.next())?.header, 0xb0);
    assertEquals(await raw.subscribe({ d: 1 }), [1]);
  }
  await using publisher = await openRaw(broker, {});
  for (const topic of ["c", "d"]) {
    await publisher.publish({ topic, qos: 1 });
  }
  const session = { clientId: "many false", clean: false };
  await using back = await openRaw(broker, session);
  assertEquals((await back.message()).topic, "d");
  assert(has(broker, "is refused 1 subscriptions (maxSubscriptions is 2)"));
});

Deno.test("startBroker() refuses one session too many with 3", async () => {
  await using broker = await openBroker({ limits: { maxSessions: 2 } });
  for (const clientId of ["a", "b"]) {
    (await openRaw(broker, { clientId, clean: false })).close();
  }
  await using third = await openRaw(broker);
  await third.send(connectPacket({ clientId: "c", clean: false }));
  assertEquals([...(await third.next())!.body], [0, 3]);
  assertEquals(await third.next(), undefined);
  assert(has(broker, "no room for one more session (maxSessions)"));
  // It may do without one, and who has one comes back to it.
  await using _without = await openRaw(broker, { clientId: "c" });
  await using _back = await openRaw(broker, { clientId: "a", clean: false });
  // One that is given up makes room.
  (await openRaw(broker, { clientId: "b", clean: true })).close();
  await using _fourth = await openRaw(broker, { clientId: "d", clean: false });
});

Deno.test("startBroker() keeps no more retained messages than it may", async () => {
  for (const limits of [{ maxRetainedMessages: 2 }, { maxRetainedBytes: 20 }]) {
    await using broker = await openBroker({ limits });
    await using publisher = await openClient(broker.url);
    const retain = (topic: string, payload: string) =>
      publisher.publish(topic, payload, { retain: true, qos: 1 });
    await using live = await openClient(broker.url);
    await live.subscribe("#", 1);
    for (const topic of ["a", "b", "c"]) await retain(topic, "12345678");
    await retain("b", "123456789");
    await retain("a", "");
    await retain("d", "1234567");
    assertEquals((await live.untilReceived(6)).length, 6);
    await using late = await openClient(broker.url);
    await late.subscribe("#", 1);
    await late.publish("end", "", { qos: 1 });
    const received = await late.untilReceived(3);
    const texts = received.map(({ topic, text }) => `${topic}=${text}`);
    assertEquals(texts.sort(), ["b=123456789", "d=1234567", "end="]);
    assert(has(broker, "Retained messages not kept so far: 1 "));
  }
});

Deno.test("startBroker() drops newer messages for a session that is away too long, and says so", async () => {
  await using broker = await openBroker({ limits: { maxQueuedMessages: 20 } });
  const session = { clientId: "away", clean: false };
  (await subscribeRaw(broker, { "q/1": 1, "q/2": 2 }, session)).close();
  await using publisher = await openClient(broker.url);
  for (let index = 0; index < 50; index++) {
    const qos = index % 2 === 0 ? 1 : 2;
    await publisher.publish(`q/${qos}`, `${index}`, { qos });
  }
  assert(has(broker, '"away" has 20 messages waiting'));
  assert(has(broker, "newer ones dropped so far: 10 "));
  await using second = await openRaw(broker, session);
  for (let index = 0; index < 20; index++) {
    assertEquals((await second.message()).payload, `${index}`);
  }
  assert(has(broker, "missed 30 messages of QoS 1 and 2"));
  await publisher.publish("q/1", "again", { qos: 1 });
  assertEquals((await second.message()).payload, "again");
});

Deno.test("startBroker() tells limits from defects: a flood of connections ends, and it serves", async () => {
  await using broker = await openBroker({
    limits: { maxConnectionsPerAddress: 50 },
  });
  await using client = await openClient(broker.url);
  await client.subscribe("a", 1);
  const flood = await Promise.all(times(400, () => openRaw(broker)));
  await client.publish("a", "in the midst", { qos: 1 });
  assertEquals((await client.untilReceived(1))[0]?.text, "in the midst");
  const closed = flood.map((raw) => raw.next());
  for (const raw of flood) raw.send(connectPacket()).catch(() => {});
  const answers = await within("351 to be closed", Promise.all(closed));
  assertEquals(answers.filter((packet) => packet !== undefined).length, 49);
  for (const raw of flood) raw.close();
});

Deno.test("startBroker() holds at most 64 kB for who hasn't connected, on any transport", async () => {
  await using broker = await openBroker({ websocketPort: 0 });
  await using other = await openRaw(broker, {});
  // A CONNECT that says that it is larger is cut at once.
  await using large = await openRaw(broker);
  await large.send(Uint8Array.of(0x10, 0xf2, 0xff, 0x04));
  assertEquals(await large.next(), undefined);
  assert(has(broker, "Packet has 81910 bytes: maxPacketSize allows 65536"));
  // One frame that announces 10 MB, and a message in fragments.
  const { FIN, BINARY, CONTINUATION, MASKED } = FRAME;
  const part = (first: number) => frame(first, new Uint8Array(50_000));
  const beginnings = [
    [
      Uint8Array.of(
        FIN | BINARY,
        MASKED | 127,
        0,
        0,
        0,
        0,
        0,
        0x98,
        0x96,
        0x80,
      ),
      new Uint8Array(4 + 100_000),
    ],
    [part(BINARY), part(CONTINUATION), part(CONTINUATION)],
  ];
  for (const frames of beginnings) {
    const port = Number(new URL(broker.websocketUrl!).port);
    await using raw = await openRaw({ port });
    await raw.send(httpRequest(UPGRADE));
    await raw.send(...frames).catch(() => {});
    // What comes isn't MQTT, but it ends.
    while (await raw.next() !== undefined);
  }
  const reason = "Packet has more than 65536 bytes before CONNECT";
  const cut = broker.lines.filter((line) => line.endsWith(reason));
  assertEquals(cut.length, beginnings.length);
  await other.ping();
});

Deno.test("startBroker() bounds what all unfinished packets hold, and spares who is let in", async () => {
  await using broker = await openBroker({
    limits: { maxBufferedBytes: 200_000 },
  });
  const unfinished = (bytes: number) =>
    publishPacket({ topic: "t", payload: new Uint8Array(200_000) })
      .subarray(0, bytes);
  await using inside = await openRaw(broker, { clientId: "inside" });
  await inside.send(unfinished(100_000));
  const connect = connectPacket({ clientId: "x".repeat(60_000) });
  const outside = await Promise.all([1, 2, 3].map(async () => {
    const raw = await openRaw(broker);
    await raw.send(connect.subarray(0, 50_000));
    return raw;
  }));
  // The newest of those who aren't let in has to go.
  const ends = outside.map(async (raw, index) => {
    await raw.next();
    return index;
  });
  await within("one to be cut", Promise.race(ends));
  await using ping = await openRaw(broker, {});
  await ping.ping();
  const cut = broker.lines.filter((line) => line.includes("maxBufferedBytes"));
  assert(cut.length >= 1, broker.lines.join("\n"));
  assert(cut.every((line) => line.startsWith("Connection from")), `${cut}`);
  for (const raw of outside) raw.close();
});

Deno.test("startBroker() counts filters beyond the limit, and looks at no more of them", async () => {
  await using broker = await openBroker({ rules: [{ publish: ["#"] }] });
  await using raw = await openRaw(broker, { clientId: "greedy" });
  const count = 10_000;
  const filters = times(count, (index) => `f/${index}`);
  const codes = await raw.subscribe(
    Object.fromEntries(filters.map((filter) => [filter, 0])),
  );
  assertEquals(codes, Array(count).fill(128));
  const said = broker.lines.filter((line) =>
    line.startsWith('Client "greedy" ')
  );
  assertEquals(said.slice(1), [
    'Client "greedy" may not subscribe to "f/0" and 199 more',
    `Client "greedy" is refused ${
      count - 200
    } subscriptions (maxSubscriptions is 200)`,
  ]);
  // Nobody can have so many to give up.
  await raw.send(
    rawPacket(
      0xa2,
      Uint8Array.of(0, 3),
      ...Array(1_000).fill(Uint8Array.of(0, 1, 0x61)),
    ),
  );
  assertEquals(await raw.next(), undefined);
});

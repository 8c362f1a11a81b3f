import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { Message, type MessageFlags } from "../../lib/mod.ts";
import type {
  BrokerState,
  ClientNews,
  Outage,
  PacketNews,
} from "./protocol.ts";
import { Ring } from "./collections.ts";
import { LIMITS, TopicTable } from "./topic_table.ts";
import { Viewer } from "./viewer.ts";

/** A viewer, and what it looks at. */
function createViewer(limits = LIMITS) {
  const table = new TopicTable(limits);
  const link = {
    state: { isConnected: true, since: 1 } as BrokerState,
    outages: new Ring<Outage>(10),
    packets: new Ring<PacketNews>(1_000),
    log: new Ring<string>(10),
  };
  let clients: ClientNews[] = [];
  const viewer = new Viewer({ table, link, clients: () => clients });
  return {
    table,
    link,
    viewer,
    setClients: (news: ClientNews[]) => clients = news,
    take(topic: string, payload: string, time = 5, flags?: MessageFlags) {
      table.take(Message.from(topic, payload, flags), time);
    },
    /** The next frame of a page that has handled the one before. */
    next() {
      viewer.note(table.changed);
      table.changed.clear();
      const frame = viewer.frame(10);
      if (frame) viewer.handled(frame.number);
      return frame;
    },
  };
}

Deno.test("Viewer.frame() tells of a topic when something has come on it", () => {
  const { take, next } = createViewer();
  take("iot/lamp", "on");
  take("iot/lamp", "off", 6, { qos: 1, retain: true });
  const news = {
    ...{ id: 0, count: 2, time: 6, value: "off", bytes: 3 },
    qos: 1,
  } as const;
  assertEquals(next(), {
    ...{ type: "frame", number: 1, time: 10, total: 2, unlisted: 0 },
    state: { isConnected: true, since: 1 },
    topics: [{ name: "iot/lamp", ...news, isRetained: true }],
  });
  assertEquals(next(), undefined);
  take("iot/lamp", "on\x1b[2J", 7);
  // Its name is known by now.
  assertEquals(next()?.topics, [
    {
      ...news,
      count: 3,
      time: 7,
      value: "on\\x1b[2J",
      bytes: 6,
      qos: 0,
      isRetained: true,
    },
  ]);
});

Deno.test("Viewer.frame() waits for the page, and then tells all at once", () => {
  const { table, take, viewer } = createViewer();
  take("a", "1");
  viewer.note(table.changed);
  assertEquals(viewer.frame(10)?.number, 1);
  for (let i = 2; i < 100; i++) take("a", String(i));
  viewer.note(table.changed);
  assertEquals(viewer.frame(11), undefined);
  // No frame has this number yet.
  viewer.handled(3);
  assertEquals(viewer.frame(11), undefined);
  viewer.handled(1);
  assertEquals(viewer.frame(12)?.topics?.[0]?.count, 99);
});

Deno.test("Viewer.frame() tells of many topics in several frames", () => {
  const { take, next } = createViewer();
  for (let i = 0; i < 12_000; i++) take(`topic${i}`, "1");
  const sizes = [next(), next(), next(), next()]
    .map((frame) => frame?.topics?.length);
  assertEquals(sizes, [5_000, 5_000, 2_000, undefined]);
});

Deno.test("Viewer.frame() tells of topics with long names in several frames", () => {
  const { take, next } = createViewer();
  for (let i = 0; i < 40; i++) take(String(i).padEnd(60_000), "1");
  const sizes = [next(), next(), next(), next()]
    .map((frame) => frame?.topics?.length);
  assertEquals(sizes, [18, 18, 4, undefined]);
});

Deno.test("Viewer.frame() counts what comes on topics that aren't listed", () => {
  const { take, next } = createViewer({ ...LIMITS, topics: 0 });
  next();
  take("a", "1");
  const frame = next();
  assertEquals([frame?.total, frame?.unlisted], [1, 1]);
});

Deno.test("Viewer.open() shows the messages that are kept, and then the new ones", () => {
  const { take, next, viewer } = createViewer();
  for (let i = 0; i < 300; i++) take("a", String(i));
  viewer.open("a");
  const first = next()?.messages!;
  assertEquals([first.isStart, first.messages.length, first.leftOut], [
    true,
    200,
    100,
  ]);
  assertEquals(atob(first.messages.at(-1)!.payload), "299");
  take("a", "{}", 7, {
    duplicate: true,
    properties: {
      contentType: "application/json",
      correlationData: Buffer.from("7"),
      userProperties: { unit: ["°C", "K"], "__proto__": "x" },
    },
  });
  assertEquals(next()?.messages, {
    topic: "a",
    isStart: false,
    leftOut: 0,
    messages: [{
      ...{ time: 7, payload: btoa("{}"), bytes: 2, qos: 0 },
      ...{ retain: false, duplicate: true },
      properties: [
        ["contentType", "application/json"],
        ["correlationData", "7"],
        ["unit", "°C"],
        ["unit", "K"],
      ],
      hasLostProperties: false,
    }],
  });
  viewer.open(null);
  take("a", "1");
  assertEquals(next()?.messages, undefined);
});

Deno.test("Viewer.open() sends no more bytes at once than a page takes, and the newest", () => {
  const { take, next, viewer } = createViewer();
  for (let i = 0; i < 50; i++) take("a", String(i).padEnd(60_000));
  viewer.open("a");
  const { messages, leftOut } = next()!.messages!;
  assertEquals(messages.length + leftOut, 50);
  assertEquals(messages.length, Math.floor(1024 * 1024 / 60_000));
  assertEquals(parseInt(atob(messages.at(-1)!.payload)), 49);
});

Deno.test("Viewer.open() counts properties among the bytes that it sends at once", () => {
  const { take, next, viewer } = createViewer();
  for (let i = 0; i < 50; i++) {
    take("a", "1", i, {
      properties: { userProperties: { x: "x".repeat(60_000) } },
    });
  }
  viewer.open("a");
  assertEquals(next()!.messages!.messages.length, 17);
});

Deno.test("Viewer.show() gives the points of a series, with a gap for each outage", () => {
  const { take, next, viewer, link } = createViewer();
  take("a", '{"v": 1}', 10);
  link.outages.push({ from: 12, to: 18 });
  take("a", '{"v": "none"}', 19);
  take("a", '{"v": 2}', 20);
  viewer.show([{ key: "s", topic: "a", path: "$.v" }]);
  assertEquals(next()?.series, [
    {
      key: "s",
      isStart: true,
      times: [10, 12, 20],
      values: [1, null, 2],
      leftOut: 0,
    },
  ]);
  take("a", '{"v": 3}', 21);
  link.outages.push({ from: 22, to: 28 });
  viewer.show([{ key: "s", topic: "a", path: "$.v" }]);
  assertEquals(next()?.series, [
    { key: "s", isStart: false, times: [21], values: [3], leftOut: 0 },
  ]);
  take("a", '{"v": 4}', 30);
  assertEquals(next()?.series?.[0]?.values, [null, 4]);
  viewer.show([{ key: "s", topic: "a", path: "$.w" }]);
  assertEquals(next()?.series, [
    { key: "s", isStart: true, times: [], values: [], leftOut: 0 },
  ]);
});

Deno.test("Viewer.show() says how many points aren't kept", () => {
  const { take, next, viewer } = createViewer({
    ...LIMITS,
    messagesOfTopic: 10,
  });
  viewer.show([{ key: "s", topic: "a", path: "$" }]);
  for (let i = 0; i < 25; i++) take("a", String(i), i);
  const [first] = next()!.series!;
  assertEquals([first!.values.length, first!.leftOut], [10, 15]);
});

Deno.test("Viewer.showPackets() tells of packets from then on", () => {
  const { next, viewer, link } = createViewer();
  const packet: PacketNews = {
    time: 1,
    isSent: true,
    type: "PINGREQ",
    text: "",
    isCut: false,
  };
  link.packets.push(packet);
  viewer.showPackets(true);
  assertEquals(next()?.packets, undefined);
  for (let i = 0; i < 700; i++) link.packets.push({ ...packet, id: i + 1 });
  const frame = next();
  assertEquals([frame?.packets?.length, frame?.packetsLeftOut], [500, 200]);
  assertEquals(frame?.packets?.at(-1)?.id, 700);
  viewer.showPackets(false);
  link.packets.push(packet);
  assertEquals([next(), viewer.showsPackets], [undefined, false]);
});

Deno.test("Viewer.showClients() tells of the clients when they change", () => {
  const { next, viewer, setClients } = createViewer();
  viewer.showClients(true);
  assertEquals(next()?.clients, []);
  assertEquals(next(), undefined);
  const client: ClientNews = {
    ...{ id: "c", isConnected: false, subscriptions: [] },
    ...{ inFlight: 0, waiting: 1 },
  };
  setClients([client]);
  assertEquals(next()?.clients, [client]);
});

Deno.test("Viewer.showClients() tells of no more clients than a frame holds", () => {
  const { next, viewer, setClients } = createViewer();
  viewer.showClients(true);
  const client: ClientNews = {
    ...{ id: "x".repeat(1024 * 1024), isConnected: false, subscriptions: [] },
    ...{ inFlight: 0, waiting: 0 },
  };
  setClients([client, client, client, client, client]);
  const frame = next();
  assertEquals([frame?.clients?.length, frame?.clientsLeftOut], [3, 2]);
});

Deno.test("Viewer.frame() tells of the connection, what was missed, and the log", () => {
  const { next, link } = createViewer();
  next();
  link.state = { isConnected: false, since: 2, reason: "gone" };
  link.log.push("gone");
  let frame = next();
  assertEquals(frame?.state, link.state);
  assertEquals(frame?.log, ["gone"]);
  link.state = { isConnected: true, since: 3 };
  link.outages.push({ from: 2, to: 3 });
  frame = next();
  assertEquals(frame?.outages, [{ from: 2, to: 3 }]);
  assert(frame?.state?.isConnected);
});

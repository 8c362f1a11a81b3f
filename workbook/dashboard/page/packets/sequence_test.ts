import { assert, assertEquals } from "@std/assert";
import type { PacketNews } from "../../protocol.ts";
import {
  exchangeOf,
  isOfPublish,
  isSameExchange,
  layOut,
  packetLabel,
} from "./sequence.ts";

function packet(type: string, more: Partial<PacketNews> = {}): PacketNews {
  return { type, time: 0, isSent: true, text: "", isCut: false, ...more };
}

/** A message at QoS 2 that the client sends, and one that it gets, both with 7. */
const SENT = [
  packet("PUBLISH", { id: 7, qos: 2 }),
  packet("PUBREC", { id: 7, isSent: false }),
  packet("PUBREL", { id: 7 }),
  packet("PUBCOMP", { id: 7, isSent: false }),
];
const RECEIVED = SENT.map((packet) => ({ ...packet, isSent: !packet.isSent }));

Deno.test("exchangeOf() tells the client's exchanges from the broker's", () => {
  assertEquals(
    SENT.map(exchangeOf),
    Array(4).fill({ isClients: true, id: 7 }),
  );
  assertEquals(
    RECEIVED.map(exchangeOf),
    Array(4).fill({ isClients: false, id: 7 }),
  );
  const subscribing = [
    packet("SUBSCRIBE", { id: 8 }),
    packet("SUBACK", { id: 8, isSent: false }),
  ];
  assertEquals(
    subscribing.map(exchangeOf),
    Array(2).fill({ isClients: true, id: 8 }),
  );
  assertEquals(exchangeOf(packet("PINGREQ")), undefined);
});

Deno.test("isSameExchange() compares who began it, and the identifier", () => {
  const [sent, received] = [exchangeOf(SENT[0]!), exchangeOf(RECEIVED[0]!)];
  assert(isSameExchange(sent, exchangeOf(SENT[1]!)));
  assert(!isSameExchange(sent, received));
  assert(!isSameExchange(sent, { isClients: true, id: 8 }));
  assert(!isSameExchange(sent, undefined));
});

Deno.test("isOfPublish() leaves out what is not part of a publish", () => {
  const types = ["PUBLISH", "PUBACK", "SUBACK", "PINGREQ", "PUBREL", "CONNECT"];
  assertEquals(
    types.filter((type) => isOfPublish(packet(type))),
    ["PUBLISH", "PUBACK", "PUBREL"],
  );
});

Deno.test("packetLabel() names type, identifier, QoS and flags", () => {
  const flags = { id: 12, qos: 2, retain: true, duplicate: true } as const;
  assertEquals(
    packetLabel(packet("PUBLISH", flags)),
    "PUBLISH 12 · QoS 2 · RETAIN · DUP",
  );
  assertEquals(packetLabel(packet("PUBLISH", { qos: 0 })), "PUBLISH · QoS 0");
  assertEquals(packetLabel(packet("PUBREL", { id: 12, qos: 1 })), "PUBREL 12");
  assertEquals(packetLabel(packet("PINGREQ")), "PINGREQ");
});

Deno.test("layOut() points arrows from who sends to who gets", () => {
  const sizes = { width: 800, em: 16 };
  const { rows, clientX, brokerX, isWide } = layOut(SENT, sizes, {
    top: 0,
    height: 500,
  });
  assert(isWide && clientX < brokerX && brokerX < 800);
  assertEquals(
    rows.map(({ fromX, toX }) => [fromX, toX]),
    [
      [clientX, brokerX],
      [brokerX, clientX],
      [clientX, brokerX],
      [brokerX, clientX],
    ],
  );
});

Deno.test("layOut() draws no more than what is in sight", () => {
  const packets = Array.from(
    { length: 2_000 },
    (_, index) => packet(`${index}`),
  );
  const sizes = { width: 800, em: 10 };
  const { rows, height } = layOut(packets, sizes, { top: 26_000, height: 260 });
  assertEquals(height, 2_000 * 26 + 10);
  const first = rows[0]!;
  assert(first.index <= 1_000 && rows.at(-1)!.index >= 1_010);
  assert(rows.length < 40, `${rows.length} rows`);
  assertEquals(first.packet.type, `${first.index}`);
  assertEquals(first.textY, first.index * 26 + 14);
});

Deno.test("layOut() shortens a topic that has no room", () => {
  const long = packet("PUBLISH", { topic: "iot/".repeat(50) });
  const of = (width: number) =>
    layOut([long], { width, em: 16 }, { top: 0, height: 100 });
  const [wide, narrow] = [of(1200), of(390)];
  assert(!narrow.isWide);
  const lengths = [wide, narrow].map(({ rows }) => rows[0]!.excerpt.length);
  assert(200 > lengths[0]! && lengths[0]! > lengths[1]! && lengths[1]! > 4);
  assert(narrow.rows[0]!.excerpt.endsWith("…"));
});

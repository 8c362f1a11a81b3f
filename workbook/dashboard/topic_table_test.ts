import { assert, assertEquals } from "@std/assert";
import { Message, type MessageFlags } from "../../lib/mod.ts";
import { LIMITS, TopicTable } from "./topic_table.ts";

function take(
  table: TopicTable,
  topic: string,
  payload: string | Uint8Array,
  flags?: MessageFlags,
): void {
  table.take(Message.from(topic, payload, flags), 1_000);
}

Deno.test("TopicTable counts each topic's messages, and keeps the last", () => {
  const table = new TopicTable();
  take(table, "a", "1");
  take(table, "__proto__", "2", { qos: 2 });
  take(table, "a", "3");
  assertEquals(table.total, 3);
  assertEquals(
    [...table.topics()].map(({ name, id, count }) => [name, id, count]),
    [
      ["a", 0, 2],
      ["__proto__", 1, 1],
    ],
  );
  const { last } = table.get("a")!.messages;
  assertEquals(new TextDecoder().decode(last!.payload), "3");
  assertEquals(table.get("__proto__")!.messages.last!.qos, 2);
});

Deno.test("TopicTable knows what the broker keeps, until it is cleared", () => {
  const table = new TopicTable();
  const isRetained = () => table.get("lamp")!.isRetained;
  take(table, "lamp", "on", { retain: true });
  assertEquals(isRetained(), true);
  take(table, "lamp", "off");
  assertEquals(isRetained(), true);
  take(table, "lamp", "", { retain: true });
  assertEquals(isRetained(), false);
  table.changed.clear();
  table.setRetained("lamp", true);
  assertEquals([isRetained(), table.changed.size], [true, 1]);
  // Where the answer to a publish comes before the message does.
  table.setRetained("not here yet", true);
  assertEquals(table.get("not here yet"), undefined);
  take(table, "not here yet", "on");
  assertEquals(table.get("not here yet")!.isRetained, true);
});

Deno.test("TopicTable only counts what comes on more topics than it lists", () => {
  const table = new TopicTable({ ...LIMITS, topics: 2 });
  for (const topic of ["a", "b", "c", "a", "d"]) take(table, topic, "1");
  assertEquals([table.total, table.unlisted], [5, 2]);
  assertEquals([...table.topics()].map(({ name }) => name), ["a", "b"]);
});

Deno.test("TopicTable keeps no more messages than it may, each topic's oldest going first", () => {
  const table = new TopicTable({
    ...LIMITS,
    messages: 10,
    messagesOfTopic: 8,
  });
  take(table, "rare", "first");
  for (let i = 0; i < 50; i++) take(table, "flood", String(i));
  assertEquals(table.get("flood")!.messages.size, 8);
  // The flood has had to make room for itself.
  assertEquals(table.get("rare")!.messages.size, 1);
  for (let i = 0; i < 50; i++) take(table, `topic${i % 5}`, String(i));
  assertEquals(table.messages, 10);
  const kept = [...table.topics()].map(({ messages }) => messages.size);
  assertEquals(kept.reduce((sum, size) => sum + size), 10);
  assertEquals(table.get("flood")!.count, 50);
});

Deno.test("TopicTable keeps a topic's last message as long as another topic has more", () => {
  const table = new TopicTable({ ...LIMITS, messages: 10 });
  for (let i = 0; i < 8; i++) take(table, `quiet${i}`, "1");
  for (let i = 0; i < 50; i++) take(table, `loud${i % 2}`, String(i));
  const kept = [...table.topics()].map(({ messages }) => messages.size);
  assertEquals(kept, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  take(table, "one more", "1");
  assertEquals(table.messages, 10);
  assertEquals(table.get("one more")!.messages.size, 1);
});

Deno.test("TopicTable keeps no more bytes than it may, of a long payload the beginning", () => {
  const table = new TopicTable({ ...LIMITS, bytes: 1_000, payload: 100 });
  const long = new Uint8Array(5_000).fill(65);
  for (let i = 0; i < 30; i++) take(table, `topic${i % 7}`, long);
  assert(table.bytes <= 1_000);
  const last = table.get("topic1")!.messages.last!;
  assertEquals([last.payload.length, last.bytes], [100, 5_000]);
  // One that is larger than all that may be kept is counted, and not kept.
  const small = new TopicTable({ ...LIMITS, bytes: 50, payload: 100 });
  take(small, "a", long);
  assertEquals([small.bytes, small.total], [0, 1]);
});

Deno.test("TopicTable lists no more topics than their names may take, and goes on", () => {
  const table = new TopicTable({ ...LIMITS, names: 1_000 });
  for (const name of ["a".repeat(900), "b".repeat(101), "c".repeat(100), "d"]) {
    take(table, name, "1");
  }
  assertEquals([...table.topics()].map(({ name }) => name[0]), ["a", "c"]);
  assertEquals([table.total, table.unlisted], [4, 2]);
});

Deno.test("TopicTable counts properties among what it keeps, and keeps no long ones", () => {
  const table = new TopicTable({ ...LIMITS, bytes: 2_000, properties: 1_000 });
  const withUnit = (length: number) => ({
    properties: { userProperties: { unit: "x".repeat(length) } },
  });
  for (let i = 0; i < 10; i++) take(table, "a", "1", withUnit(900));
  assertEquals(table.get("a")!.messages.size, 2);
  take(table, "b", "1", withUnit(1_000));
  const isEmpty = (topic: string) => {
    const { properties, hasLostProperties } = table.get(topic)!.messages.last!;
    return properties.length === 0 && hasLostProperties;
  };
  assert(isEmpty("b") && !isEmpty("a"));
  take(table, "c", "1", {
    properties: {
      userProperties: Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [String(index), ""]),
      ),
    },
  });
  assert(isEmpty("c"));
});

Deno.test("TopicTable takes readings from before, without counting them", () => {
  const table = new TopicTable();
  table.takeRecorded("iot/user1/temp", 21.5, 500);
  take(table, "iot/user1/temp", "22");
  const topic = table.get("iot/user1/temp")!;
  assertEquals([table.total, topic.count], [1, 1]);
  const { items } = topic.messages.since(0);
  assertEquals(
    items.map(({ time, payload }) => [time, String.fromCharCode(...payload)]),
    [
      [500, "21.5"],
      [1_000, "22"],
    ],
  );
});

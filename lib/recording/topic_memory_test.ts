import { assertEquals } from "@std/assert";
import { TopicMemory } from "./topic_memory.ts";
import { times } from "../../testing/test.ts";

const encoder = new TextEncoder();
const VALUE = encoder.encode("1");

function remember(topics: string[]): TopicMemory {
  const memory = new TopicMemory((topic) => encoder.encode(topic));
  for (const topic of topics) memory.get(topic).note(VALUE);
  return memory;
}

function known(memory: TopicMemory, topics: string[]): number {
  return topics.filter((topic) => memory.get(topic).isLast(VALUE)).length;
}

Deno.test("TopicMemory knows the topics on which something came last", () => {
  const strangers = times(50_000, (index) => `stranger/${index}`);
  const memory = remember(
    strangers.flatMap((topic, index) =>
      index % 9_000 ? topic : [topic, "live"]
    ),
  );
  assertEquals(known(memory, ["live"]), 1);
  assertEquals(known(memory, strangers.slice(-9_000)), 9_000);
  assertEquals(known(remember(strangers), strangers.slice(0, 30_000)), 0);
});

Deno.test("TopicMemory keeps two million characters of topics at most", () => {
  const topics = times(60, (index) => `${index}/`.padEnd(50_000, "x"));
  assertEquals(known(remember(topics), topics.slice(-20)), 20);
  assertEquals(known(remember(topics), topics.slice(0, 20)), 0);
});

Deno.test("TopicMemory makes a topic's field once while it is known", () => {
  const made: string[] = [];
  const memory = new TopicMemory((topic) => {
    made.push(topic);
    return encoder.encode(`"${topic}"`);
  });
  for (const topic of ["a", "b", "a", "b"]) {
    const { field } = memory.get(topic);
    assertEquals(field, encoder.encode(`"${topic}"`));
  }
  assertEquals(made, ["a", "b"]);
});

Deno.test("TopicMemory tells the last value from all others", () => {
  const topic = remember([]).get("iot/x");
  const values = ["", "1", "12", "1".repeat(15), "1".repeat(40), "-0", "0"]
    .map((text) => encoder.encode(text));
  for (const last of values) {
    topic.note(last);
    for (const value of values) {
      assertEquals(topic.isLast(value), value === last);
    }
  }
});

Deno.test("TopicMemory tells a value from the same one at another time", () => {
  const topic = remember([]).get("iot/x");
  assertEquals(topic.isLast(VALUE), false);
  topic.note(VALUE, 1);
  assertEquals(topic.isLast(VALUE, 1), true);
  assertEquals(topic.isLast(VALUE, 2), false);
  assertEquals(topic.isLast(VALUE), false);
});

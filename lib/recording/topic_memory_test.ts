import { assertEquals } from "@std/assert";
import { TopicMemory } from "./topic_memory.ts";
import { times } from "../../testing/test.ts";

function remember(topics: string[]): TopicMemory {
  const memory = new TopicMemory((topic) => topic);
  for (const topic of topics) memory.get(topic).last = "1";
  return memory;
}

function known(memory: TopicMemory, topics: string[]): number {
  return topics.filter((topic) => memory.get(topic).last === "1").length;
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
    return `"${topic}"`;
  });
  for (const topic of ["a", "b", "a", "b"]) {
    assertEquals(memory.get(topic).field, `"${topic}"`);
  }
  assertEquals(made, ["a", "b"]);
});

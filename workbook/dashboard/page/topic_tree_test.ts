import { assertEquals } from "@std/assert";
import type { TopicNews } from "../protocol.ts";
import { suggestTopics, TopicTree } from "./topic_tree.ts";

function news(id: number, name: string, count = 1, time = 1000): TopicNews {
  const rest = { value: "1", bytes: 1, qos: 0, isRetained: false } as const;
  return { id, name, count, time, ...rest };
}

Deno.test("TopicTree.take() counts a topic's messages on all levels above it", () => {
  const tree = new TopicTree();
  tree.take(news(1, "home/kitchen/temp", 2));
  tree.take(news(2, "home/bath", 3, 2000));
  const { name: _, ...again } = news(1, "", 5, 1500);
  tree.take(again);
  const home = tree.find("home")!;
  assertEquals([home.count, home.time, home.topic], [8, 2000, undefined]);
  assertEquals(tree.find("home/kitchen")!.count, 5);
  assertEquals(tree.get(1)?.path, "home/kitchen/temp");
  assertEquals(tree.size, 2);
});

Deno.test("TopicTree.find() knows empty levels, and names that objects have", () => {
  const tree = new TopicTree();
  tree.take(news(1, "/a//__proto__"));
  assertEquals(tree.find("/a//__proto__")?.topic?.id, 1);
  assertEquals(tree.find("/a//__proto__")?.path, "/a//__proto__");
  assertEquals(tree.find("a/constructor"), undefined);
  assertEquals(tree.find("/a/"), tree.get(1)?.parent);
});

Deno.test("TopicTree.measure() counts messages a second since the last time", () => {
  const tree = new TopicTree();
  tree.take(news(1, "a/b"));
  tree.measure(1000);
  tree.take(news(1, "a/b", 5));
  tree.take(news(2, "a/c"));
  tree.measure(3000);
  assertEquals(tree.find("a")!.rate, 2.5);
  assertEquals(tree.find("a/b")!.rate, 2);
  tree.measure(4000);
  assertEquals(tree.find("a")!.rate, 0);
});

Deno.test("TopicTree.measure() leaves out what came before the page was there", () => {
  const tree = new TopicTree();
  tree.take(news(1, "old", 50_000, 1000), 2000);
  tree.take(news(2, "busy", 50_000, 2500), 2000);
  tree.measure(1000);
  assertEquals(tree.find("old")!.rate, 0);
  assertEquals(tree.find("busy")!.rate, 1);
  assertEquals(tree.root.count, 100_000);
});

Deno.test("TopicTree.measure() takes a topic of thousands of levels", () => {
  const tree = new TopicTree();
  tree.take(news(1, "/".repeat(30_000)));
  tree.measure(1000);
  assertEquals(tree.root.rate, 1);
});

Deno.test("TopicTree.take() makes no more than 200 levels of a topic, and keeps its name", () => {
  const tree = new TopicTree();
  const deepest = Array.from({ length: 200 }, (_, index) => index).join("/");
  const deeper = `${deepest}/200`;
  const far = "/".repeat(60_000);
  [deepest, deeper, far].forEach((name, id) => tree.take(news(id, name)));
  for (const [id, name] of [deepest, deeper, far].entries()) {
    assertEquals(tree.find(name)?.topic?.id, id);
    assertEquals(tree.get(id)?.path, name);
    let depth = 0;
    for (let node = tree.get(id); node?.parent; node = node.parent) depth++;
    assertEquals(depth, 200);
  }
});

function treeOf(topics: string[]): TopicTree {
  const tree = new TopicTree();
  const rest = { value: "", bytes: 0, qos: 0, isRetained: false } as const;
  topics.forEach((name, id) =>
    tree.take({ id, name, count: 1, time: 1, ...rest })
  );
  return tree;
}

Deno.test("suggestTopics() names topics that begin so before those that have it in them", () => {
  const tree = treeOf(["office/home", "home/a", "garden", "home/b"]);
  assertEquals(suggestTopics(tree, "home"), [
    "home/a",
    "home/b",
    "office/home",
  ]);
});

Deno.test("suggestTopics() names at most fifty", () => {
  const inside = Array.from({ length: 60 }, (_, index) => `x/home${index}`);
  const beginning = Array.from({ length: 60 }, (_, index) => `home${index}`);
  const all = suggestTopics(treeOf([...inside, ...beginning]), "home");
  assertEquals(all, beginning.slice(0, 50));
  assertEquals(suggestTopics(treeOf(inside), "home").length, 50);
});

import { assertEquals } from "@std/assert";
import { TopicTree } from "../topic_tree.ts";
import { suggestTopics } from "./topic_suggestions.ts";

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

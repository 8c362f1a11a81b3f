import { assertEquals, assertStrictEquals } from "@std/assert";
import { TopicTree } from "../topic_tree.ts";
import { childrenSorter } from "./sorted_children.ts";

function take(tree: TopicTree, id: number, name: string, count = 1): void {
  const rest = { value: "", bytes: 0, qos: 0, isRetained: false } as const;
  tree.take({ id, name, count, time: 1, ...rest });
}

function levels(
  tree: TopicTree,
  sorter: ReturnType<typeof childrenSorter>,
): string[] {
  return sorter(tree.root).map(({ level }) => level);
}

Deno.test("childrenSorter() sorts by name, numbers by their size", () => {
  const tree = new TopicTree();
  ["room10", "room9", "b", "B", "", "a"].forEach((name, id) =>
    take(tree, id, name)
  );
  const sorter = childrenSorter("name");
  assertEquals(levels(tree, sorter), ["", "a", "b", "B", "room9", "room10"]);
  assertStrictEquals(sorter(tree.root), sorter(tree.root));
  take(tree, 6, "aa");
  assertEquals(levels(tree, sorter)[2], "aa");
});

Deno.test("childrenSorter() keeps the order by rate until it is made anew", () => {
  const tree = new TopicTree();
  ["slow", "fast", "idle"].forEach((name, id) => take(tree, id, name));
  tree.measure(0);
  take(tree, 0, "slow", 3);
  take(tree, 1, "fast", 9);
  tree.measure(1000);
  const sorter = childrenSorter("rate");
  assertEquals(levels(tree, sorter), ["fast", "slow", "idle"]);
  take(tree, 2, "idle", 100);
  take(tree, 3, "new", 1);
  tree.measure(2000);
  assertEquals(levels(tree, sorter), ["fast", "slow", "idle", "new"]);
  assertEquals(levels(tree, childrenSorter("rate")), [
    "idle",
    "new",
    "fast",
    "slow",
  ]);
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import { TopicTree } from "../topic_tree.ts";
import {
  childrenSorter,
  type RowOptions,
  topicFilter,
  visibleRows,
} from "./tree_rows.ts";

const OPEN: RowOptions = {
  isExpanded: () => true,
  childrenOf: (node) => [...node.children.values()],
};

function treeOf(...topics: string[]): TopicTree {
  const tree = new TopicTree();
  const rest = { value: "", bytes: 0, qos: 0, isRetained: false } as const;
  topics.forEach((name, id) =>
    tree.take({ id, name, count: 1, time: 1, ...rest })
  );
  return tree;
}

function paths(tree: TopicTree, options: Partial<RowOptions> = {}): string[] {
  return visibleRows(tree, { ...OPEN, ...options }).map(({ node }) =>
    node.path
  );
}

Deno.test("visibleRows() gives each level with its place among its siblings", () => {
  const rows = visibleRows(treeOf("a/b/c", "a/d", "e"), OPEN);
  assertEquals(
    rows.map((row) => [
      row.node.path,
      row.depth,
      row.position,
      row.siblings,
      row.isExpanded,
    ]),
    [
      ["a", 1, 1, 2, true],
      ["a/b", 2, 1, 2, true],
      ["a/b/c", 3, 1, 1, undefined],
      ["a/d", 2, 2, 2, undefined],
      ["e", 1, 2, 2, undefined],
    ],
  );
});

Deno.test("visibleRows() hides what lies below a closed level", () => {
  const tree = treeOf("a/b/c", "a/d", "e");
  const isExpanded = ({ path }: { path: string }) => path !== "a";
  assertEquals(paths(tree, { isExpanded }), ["a", "e"]);
  assertEquals(
    visibleRows(tree, { ...OPEN, isExpanded })[0]!.isExpanded,
    false,
  );
});

Deno.test("visibleRows() keeps the order of its children", () => {
  const childrenOf: RowOptions["childrenOf"] = (node) =>
    [...node.children.values()].reverse();
  assertEquals(paths(treeOf("a/b", "a/c", "d"), { childrenOf }), [
    "d",
    "a",
    "a/c",
    "a/b",
  ]);
});

Deno.test("visibleRows() shows topics that are accepted, with all above them", () => {
  const tree = treeOf("a", "a/b/c", "a/d", "e/f");
  const accepts = (topic: string) => topic === "a/b/c";
  const rows = visibleRows(tree, { ...OPEN, accepts });
  assertEquals(rows.map(({ node }) => node.path), ["a", "a/b", "a/b/c"]);
  assertEquals(rows.map(({ siblings }) => siblings), [1, 1, 1]);
  // A level whose topics below are left out has nothing to open.
  const [only] = visibleRows(tree, {
    ...OPEN,
    accepts: (name) => name === "a",
  });
  assertEquals([only!.node.path, only!.isExpanded], ["a", undefined]);
});

Deno.test("visibleRows() takes a topic of thousands of levels", () => {
  // It makes 200 of them.
  assertEquals(paths(treeOf("/".repeat(20_000))).length, 200);
});

Deno.test("topicFilter() finds a part of a topic in upper or lower case", () => {
  const accepts = topicFilter(" Kitchen/T ")!;
  assertEquals(accepts("home/kitchen/temp"), true);
  assertEquals(accepts("home/kitchen/lamp"), false);
  assertEquals(topicFilter("  "), undefined);
  assertEquals(topicFilter("c++")!("c++/build"), true);
});

Deno.test("topicFilter() takes an MQTT filter", () => {
  const accepts = topicFilter("home/+/temp")!;
  assertEquals(accepts("home/kitchen/temp"), true);
  assertEquals(accepts("home/kitchen/temp/2"), false);
  assertEquals(topicFilter("#")!("$SYS/uptime"), false);
  assertEquals(topicFilter("$SYS/#")!("$SYS/uptime"), true);
});

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

import { assertEquals } from "@std/assert";
import { FilterTree } from "./filter_tree.ts";
import { covers } from "./topics.ts";

/** All topics, or filters, of up to three of some levels. */
function allOf(levels: string[]): string[][] {
  const one = levels.map((level) => [level]);
  const longer = (shorter: string[][]) =>
    shorter.flatMap((begun) => levels.map((level) => [...begun, level]));
  return [...one, ...longer(one), ...longer(longer(one))];
}

const TOPICS = allOf(["a", "b", "", "$x"]);
const FILTERS = allOf(["a", "b", "", "$x", "+", "#"])
  // `#` ends a filter.
  .filter((levels) => !levels.slice(0, -1).includes("#"));

/** Checks a tree in which each filter stands for its own text. */
function assertMatches(tree: FilterTree<string>, filters: string[][]): void {
  for (const topic of TOPICS) {
    const expected = filters.filter((filter) => covers(filter, topic))
      .map((filter) => filter.join("/"));
    assertEquals([...tree.match(topic)].sort(), expected.sort());
  }
}

Deno.test("FilterTree.match() finds what a look at each filter finds", () => {
  const tree = new FilterTree<string>();
  for (const filter of FILTERS) tree.add(filter, filter.join("/"));
  assertMatches(tree, FILTERS);
  const isKept = (_: string[], index: number) => index % 3 === 0;
  for (const [index, filter] of FILTERS.entries()) {
    if (!isKept(filter, index)) tree.delete(filter, filter.join("/"));
  }
  assertMatches(tree, FILTERS.filter(isKept));
});

Deno.test("FilterTree.match() finds each only once", () => {
  const tree = new FilterTree<string>();
  for (const filter of ["a/b", "a/+", "a/#", "#"]) {
    tree.add(filter.split("/"), "one");
  }
  assertEquals([...tree.match(["a", "b"])], ["one"]);
});

Deno.test("FilterTree.delete() leaves what others have, and knows what isn't there", () => {
  const tree = new FilterTree<string>();
  tree.add(["a", "b"], "one");
  tree.add(["a"], "two");
  tree.delete(["a", "x"], "one");
  tree.delete(["a"], "two");
  tree.delete(["a", "b"], "two");
  assertEquals([...tree.match(["a", "b"])], ["one"]);
  tree.delete(["a", "b"], "one");
  assertEquals([...tree.match(["a", "b"])], []);
});

import { assertEquals } from "@std/assert";
import { LevelTree } from "./level_tree.ts";
import { covers } from "../access/rules.ts";

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

/** A tree in which all stand for their own text, and some have been taken out. */
function treeOf(
  all: string[][],
): { tree: LevelTree<string>; kept: string[][] } {
  const tree = new LevelTree<string>();
  for (const levels of all) tree.set(levels, levels.join("/"));
  const isKept = (_: string[], index: number) => index % 3 === 0;
  for (const [index, levels] of all.entries()) {
    if (!isKept(levels, index)) tree.delete(levels);
  }
  return { tree, kept: all.filter(isKept) };
}

const join = (levels: string[]) => levels.join("/");

Deno.test("LevelTree.matching() finds what a look at each filter finds", () => {
  const { tree, kept } = treeOf(FILTERS);
  for (const topic of TOPICS) {
    const expected = kept.filter((filter) => covers(filter, topic)).map(join);
    assertEquals(tree.matching(topic).sort(), expected.sort());
  }
});

Deno.test("LevelTree.matched() finds what a look at each topic finds", () => {
  const { tree, kept } = treeOf(TOPICS);
  for (const filter of FILTERS) {
    const expected = kept.filter((topic) => covers(filter, topic)).map(join);
    assertEquals(
      [...tree.matched(filter)].sort(),
      expected.sort(),
      `${filter}`,
    );
  }
});

Deno.test("LevelTree.matched() lets others have their turn in a long search", () => {
  const tree = new LevelTree<number>();
  for (let index = 0; index < 10_000; index++) tree.set(["a", `${index}`], 1);
  const pauses = (filter: string[]) =>
    [...tree.matched(filter)].filter((value) => value === undefined).length;
  assertEquals(pauses(["a", "7"]), 0);
  // Also where it finds nothing.
  assertEquals([pauses(["a", "+", "x"]) > 4, pauses(["#"]) > 4], [true, true]);
});

Deno.test("LevelTree.delete() leaves what others have, and knows what isn't there", () => {
  const tree = new LevelTree<string>();
  tree.set(["a", "b"], "one");
  tree.set(["a"], "two");
  tree.delete(["a", "x"]);
  tree.delete(["a"]);
  assertEquals(tree.matching(["a"]), []);
  assertEquals(tree.matching(["a", "b"]), ["one"]);
  tree.delete(["a", "b"]);
  assertEquals([...tree.matched(["#"])], []);
});

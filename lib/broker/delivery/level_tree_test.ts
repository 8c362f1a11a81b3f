import { assertEquals } from "@std/assert";
import { LevelTree } from "./level_tree.ts";
import { covers, intersect } from "../access/rules.ts";

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

function check(cases: Record<string, boolean>): void {
  for (const [line, expected] of Object.entries(cases)) {
    const [filter, other] = line.split(" ") as [string, string];
    assertEquals(covers(filter.split("/"), other.split("/")), expected, line);
  }
}

Deno.test("covers() matches topic names as the specification's section 4.7 does", () => {
  check({
    "sport/tennis/player1/# sport/tennis/player1": true,
    "sport/tennis/player1/# sport/tennis/player1/ranking": true,
    "sport/tennis/player1/# sport/tennis/player1/score/wimbledon": true,
    "sport/# sport": true,
    "# sport": true,
    "# /": true,
    "sport/tennis/+ sport/tennis/player1": true,
    "sport/tennis/+ sport/tennis/player1/ranking": false,
    "sport/+ sport": false,
    "sport/+ sport/": true,
    "+/+ /finance": true,
    "/+ /finance": true,
    "+ /finance": false,
    "sport Sport": false,
    "# $SYS/broker": false,
    "+/monitor/Clients $SYS/monitor/Clients": false,
    "$SYS/# $SYS/broker": true,
    "$SYS/monitor/+ $SYS/monitor/Clients": true,
  });
});

Deno.test("covers() lets no filter reach further than the one that is allowed", () => {
  check({
    "iot/# #": false,
    "iot/# +/user1": false,
    "iot/# +/#": false,
    "iot/# iot": true,
    "iot/# iot/#": true,
    "iot/# iot/+/temp": true,
    "iot/+ iot/#": false,
    "iot/+ iot/+": true,
    "iot/+ iot/temp": true,
    "iot/+/temp iot/+/+": false,
    "iot/user1 iot/+": false,
    "iot/user1 iot/user1/#": false,
    "# #": true,
    "# +/+": true,
    "+ #": false,
    "# $SYS/#": false,
    "+/# $SYS/#": false,
  });
});

Deno.test("intersect() finds the filter that lets through what both do", () => {
  const cases = {
    "iot/# iot/#": "iot/#",
    "iot/# #": "iot/#",
    "# +/+": "+/+",
    "iot/# iot": "iot",
    "iot/# +": "iot",
    "iot/# +/temp": "iot/temp",
    "iot/+ +/temp": "iot/temp",
    "iot/+/# +/ann": "iot/ann",
    "iot/+/# +/#": "iot/+/#",
    "+/a/# b/+": "b/a",
    "iot/# news": undefined,
    "iot/+ iot": undefined,
    "iot/+ iot/": "iot/",
    "iot/+/x iot/+/y": undefined,
    "iot/a iot/a/b": undefined,
    "# $SYS/#": undefined,
    "+/# $SYS/uptime": undefined,
    "$SYS/# $SYS/+": "$SYS/+",
  };
  for (const [line, expected] of Object.entries(cases)) {
    const [one, other] = line.split(" ").map((filter) => filter.split("/"));
    for (const both of [intersect(one!, other!), intersect(other!, one!)]) {
      assertEquals(both?.join("/"), expected, line);
    }
  }
});

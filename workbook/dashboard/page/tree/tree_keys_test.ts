import { assertEquals } from "@std/assert";
import { TopicNode } from "../topic_tree.ts";
import { treeAction, typedRow } from "./tree_keys.ts";
import type { Row } from "./tree_rows.ts";

const TOPIC = {
  id: 1,
  count: 1,
  time: 1,
  value: "",
  bytes: 0,
  qos: 0,
  isRetained: false,
} as const;

/** `+a` is an open level, `-b` a closed one, `c` a topic; blanks show the depth. */
function rowsOf(...texts: string[]): Row[] {
  return texts.map((text) => {
    const level = text.trim();
    const node = new TopicNode(level.replace(/^[+-]/, ""));
    if (node.level === level) node.topic = TOPIC;
    const depth = 1 + text.length - text.trimStart().length;
    const isExpanded = level === node.level ? undefined : level[0] === "+";
    return { node, depth, position: 1, siblings: 1, isExpanded };
  });
}

const ROWS = rowsOf(
  "+home",
  " -bath",
  " +kitchen",
  "  lamp",
  "  temp",
  "office",
);

Deno.test("treeAction() moves up and down, and no further than the ends", () => {
  const to = (key: string, from: number) =>
    treeAction(key, ROWS, from, 3)?.index;
  assertEquals(to("ArrowDown", 0), 1);
  assertEquals(to("ArrowDown", 5), 5);
  assertEquals(to("ArrowUp", 0), 0);
  assertEquals(to("PageDown", 1), 4);
  assertEquals(to("PageDown", 4), 5);
  assertEquals(to("PageUp", 4), 1);
  assertEquals(to("Home", 4), 0);
  assertEquals(to("End", 0), 5);
});

Deno.test("treeAction() opens and enters a level, closes and leaves it", () => {
  const act = (key: string, from: number) => treeAction(key, ROWS, from, 3);
  assertEquals(act("ArrowRight", 1), { isExpanded: true });
  assertEquals(act("ArrowRight", 2), { index: 3 });
  assertEquals(act("ArrowRight", 3), { index: 3 });
  assertEquals(act("ArrowLeft", 2), { isExpanded: false });
  assertEquals(act("ArrowLeft", 4), { index: 2 });
  assertEquals(act("ArrowLeft", 1), { index: 0 });
  assertEquals(act("ArrowLeft", 5), { index: 5 });
});

Deno.test("treeAction() opens a topic, and folds a level without one", () => {
  assertEquals(treeAction("Enter", ROWS, 3, 3), { isOpened: true });
  assertEquals(treeAction(" ", ROWS, 2, 3), { isExpanded: false });
  assertEquals(treeAction("Enter", ROWS, 1, 3), { isExpanded: true });
  assertEquals(treeAction("Tab", ROWS, 1, 3), undefined);
  assertEquals(treeAction("Enter", [], 0, 3), undefined);
});

Deno.test("typedRow() finds the next row that begins so, round the end", () => {
  assertEquals(typedRow("k", ROWS, 0), 2);
  assertEquals(typedRow("h", ROWS, 3), 0);
  assertEquals(typedRow("O", ROWS, 5), 5);
  assertEquals(typedRow("x", ROWS, 4), 4);
});

Deno.test("typedRow() stays where it is while more letters fit", () => {
  const rows = rowsOf("temp1", "temp2", "test");
  assertEquals(typedRow("te", rows, 1), 1);
  assertEquals(typedRow("tes", rows, 1), 2);
  assertEquals(typedRow("t", rows, 1), 2);
});

import type { TopicNode } from "../topic_tree.ts";
import type { Order } from "./tree_rows.ts";

const { compare } = new Intl.Collator("en", { numeric: true });

/** By name; a node's list is made anew only when it has new children. */
const named = new WeakMap<TopicNode, TopicNode[]>();

/**
 * Makes a function that gives a node's children in order. By rate it keeps the order
 * that it has found first, so that nothing moves before another function is made.
 */
export function childrenSorter(
  order: Order,
): (node: TopicNode) => TopicNode[] {
  if (order === "name") return childrenByName;
  const kept = new WeakMap<TopicNode, TopicNode[]>();
  return (node) => {
    const before = kept.get(node) ?? [];
    if (before.length === node.children.size) return before;
    const added = before.length === 0
      // Those of one rate stay sorted by name.
      ? childrenByName(node).toSorted((left, right) => right.rate - left.rate)
      : [...node.children.values()].slice(before.length);
    const all = [...before, ...added];
    kept.set(node, all);
    return all;
  };
}

function childrenByName(node: TopicNode): TopicNode[] {
  const before = named.get(node) ?? [];
  if (before.length === node.children.size) return before;
  const added = [...node.children.values()].slice(before.length);
  // What is new comes last, and what is nearly sorted is sorted quickly.
  const all = [...before, ...added].sort((left, right) =>
    compare(left.level, right.level) || (left.level < right.level ? -1 : 1)
  );
  named.set(node, all);
  return all;
}

import type { TopicNode } from "../topic_tree.ts";
import type { Order } from "./tree_rows.ts";

const { compare } = new Intl.Collator("en", { numeric: true });

/**
 * Makes a function that gives a node's children in order. It keeps what it has sorted:
 * by name a node is sorted anew only when it has new children, and by rate never, so
 * that nothing moves before another function is made.
 */
export function childrenSorter(
  order: Order,
): (node: TopicNode) => TopicNode[] {
  const kept = new WeakMap<TopicNode, TopicNode[]>();
  return (node) => {
    const before = kept.get(node) ?? [];
    if (before.length === node.children.size) return before;
    const added = [...node.children.values()].slice(before.length);
    // What is new comes last, and a sort of what is nearly sorted is quick. By rate it
    // stays there until the next order.
    const all = order === "name"
      ? [...before, ...added].sort(byName)
      : [...before, ...added.sort(byRate)];
    kept.set(node, all);
    return all;
  };
}

function byName(left: TopicNode, right: TopicNode): number {
  return compare(left.level, right.level) ||
    (left.level < right.level ? -1 : 1);
}

function byRate(left: TopicNode, right: TopicNode): number {
  return right.rate - left.rate || byName(left, right);
}

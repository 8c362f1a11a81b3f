import { matchesFilter } from "../../../messages/matches_filter.ts";
import type { TopicNode, TopicTree } from "../topic_tree.ts";

/** By what the levels below one level are sorted. */
export type Order = "name" | "rate";

/** A row of the tree, as it is drawn and as it is told to a screen reader. */
export interface Row {
  node: TopicNode;
  /** How deep it is; 1 is the uppermost. */
  depth: number;
  /** Which one of its siblings it is, from 1. */
  position: number;
  /** How many siblings there are, itself included. */
  siblings: number;
  /** Whether what lies below is shown; nothing if nothing does. */
  isExpanded: boolean | undefined;
}

/** What decides which rows there are. */
export interface RowOptions {
  /** Whether what lies below a node is shown. */
  isExpanded: (node: TopicNode) => boolean;
  /** Which topics are shown, with all above them; all without one. */
  accepts?: ((topic: string) => boolean) | undefined;
  /** The children of a node in their order. */
  childrenOf: (node: TopicNode) => TopicNode[];
}

/** The rows of a tree, from the top. A stranger's topic may have thousands of levels. */
export function visibleRows(tree: TopicTree, options: RowOptions): Row[] {
  const shown = options.accepts && acceptedNodes(tree, options.accepts);
  const rowsBelow = (parent: TopicNode, depth: number): Row[] => {
    let children = options.childrenOf(parent);
    if (shown) children = children.filter((node) => shown.has(node));
    return children.map((node, index) => ({
      node,
      depth,
      position: index + 1,
      siblings: children.length,
      isExpanded: hasChildren(node, shown)
        ? options.isExpanded(node)
        : undefined,
    }));
  };
  const rows: Row[] = [];
  // The last one is the next one.
  const waiting = rowsBelow(tree.root, 1).reverse();
  for (let row = waiting.pop(); row; row = waiting.pop()) {
    rows.push(row);
    if (!row.isExpanded) continue;
    for (const below of rowsBelow(row.node, row.depth + 1).reverse()) {
      waiting.push(below);
    }
  }
  return rows;
}

/**
 * Reads what is typed to find topics: an MQTT filter if a level of it is `+` or `#`,
 * and otherwise a part of the topic in upper or lower case.
 *
 * @returns Whether a topic is wanted; nothing if all are.
 */
export function topicFilter(
  text: string,
): ((topic: string) => boolean) | undefined {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  if (wanted.split("/").some((level) => level === "+" || level === "#")) {
    return (topic) => matchesFilter(wanted, topic);
  }
  const part = wanted.toLowerCase();
  return (topic) => topic.toLowerCase().includes(part);
}

function hasChildren(node: TopicNode, shown?: Set<TopicNode>): boolean {
  if (shown === undefined) return node.children.size > 0;
  for (const child of node.children.values()) {
    if (shown.has(child)) return true;
  }
  return false;
}

/** The nodes of the topics that are accepted, and all above them. */
function acceptedNodes(
  tree: TopicTree,
  accepts: (topic: string) => boolean,
): Set<TopicNode> {
  const accepted = new Set<TopicNode>();
  for (const node of tree.nodes()) {
    if (!accepts(node.path)) continue;
    let at: TopicNode | undefined = node;
    for (; at && !accepted.has(at); at = at.parent) accepted.add(at);
  }
  return accepted;
}

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

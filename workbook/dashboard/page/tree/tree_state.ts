/**
 * What of the tree is shown, and in which order.
 *
 * @module
 */
import {
  childrenSorter,
  type Order,
  type Row,
  topicFilter,
  visibleRows,
} from "./tree_rows.ts";
import { tree, treeVersion } from "../store.ts";
import type { TopicNode } from "../topic_tree.ts";
import { computed, signal } from "../view.ts";

/** With more topics than these the tree begins closed. */
const FEW = 100;
/** For how long after a movement the rows keep their order, in milliseconds. */
const STILL = 1_000;

/** Which nodes are open. */
interface Expansion {
  /** Whether all are, but those below; nothing leaves it to how many there are. */
  all?: boolean;
  /** What was chosen for single nodes, by path. */
  chosen: ReadonlyMap<string, boolean>;
}

/** What is typed to find topics. */
export const filterText = signal("");
/** By what is sorted. */
export const order = signal<Order>("name");
/** The path of the row that has the focus, or would get it. */
export const activePath = signal<string | undefined>(undefined);

const expansion = signal<Expansion>({ chosen: new Map() });
/** The same for what a filter has found, which begins open. */
const foundExpansion = signal<Expansion>({ all: true, chosen: new Map() });
const accepts = computed(() => topicFilter(filterText.value));
const childrenOf = signal(childrenSorter("name"));
let movedAt = 0;

// How many topics there are: it changes only when there is a new one.
const size = computed(() => (treeVersion.value, tree.value.size));

/** The rows from the top. */
export const rows = computed((): Row[] => {
  const isFew = size.value <= FEW;
  const { all, chosen } = currentExpansion().value;
  return visibleRows(tree.value, {
    accepts: accepts.value,
    childrenOf: childrenOf.value,
    isExpanded: ({ path }) => chosen.get(path) ?? all ?? isFew,
  });
});

/** Shows or hides what lies below a node. */
export function expand({ path }: TopicNode, isExpanded: boolean): void {
  const current = currentExpansion();
  const chosen = new Map(current.value.chosen).set(path, isExpanded);
  current.value = { ...current.value, chosen };
}

/** Shows or hides what lies below all nodes. */
export function expandAll(isExpanded: boolean): void {
  currentExpansion().value = { all: isExpanded, chosen: new Map() };
}

/** Sorts the rows. */
export function sortBy(wanted: Order): void {
  order.value = wanted;
  childrenOf.value = childrenSorter(wanted);
}

/** Sorts the rows by their new rates, unless someone moves among them. */
export function sortAnew(): void {
  if (order.value === "rate" && Date.now() - movedAt > STILL) sortBy("rate");
}

/** Keeps the rows where they are for a moment, since someone moves among them. */
export function holdStill(): void {
  movedAt = Date.now();
}

function currentExpansion() {
  return accepts.value ? foundExpansion : expansion;
}

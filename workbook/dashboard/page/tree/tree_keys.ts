import type { Row } from "./tree_rows.ts";

/** What a key does in the tree: one of these. */
interface TreeAction {
  /** The row to go to. */
  index?: number;
  /** Shows or hides what lies below the row. */
  isExpanded?: boolean;
  /** Opens the row's topic. */
  isOpened?: boolean;
}

/**
 * Finds out what a key does, as in any tree (WAI-ARIA Authoring Practices).
 *
 * @param page How many rows are in sight.
 * @returns Nothing if the key isn't the tree's.
 */
export function treeAction(
  key: string,
  rows: Row[],
  index: number,
  page: number,
): TreeAction | undefined {
  const row = rows[index];
  if (row === undefined) return undefined;
  const last = rows.length - 1;
  switch (key) {
    case "ArrowDown":
      return { index: Math.min(index + 1, last) };
    case "ArrowUp":
      return { index: Math.max(index - 1, 0) };
    case "PageDown":
      return { index: Math.min(index + page, last) };
    case "PageUp":
      return { index: Math.max(index - page, 0) };
    case "Home":
      return { index: 0 };
    case "End":
      return { index: last };
    case "ArrowRight":
      if (row.isExpanded === false) return { isExpanded: true };
      return { index: row.isExpanded ? index + 1 : index };
    case "ArrowLeft":
      if (row.isExpanded) return { isExpanded: false };
      return { index: parentOf(rows, index) };
    case "Enter":
    case " ":
      if (row.node.topic) return { isOpened: true };
      return { isExpanded: !row.isExpanded };
  }
  return undefined;
}

/**
 * Finds the next row whose level begins with what was typed, from the row itself on if
 * more than one letter was, and from the one after it otherwise.
 *
 * @returns Its index, or the same one if there is none.
 */
export function typedRow(typed: string, rows: Row[], index: number): number {
  const text = typed.toLowerCase();
  const from = [...text].length > 1 ? index : index + 1;
  for (let step = 0; step < rows.length; step++) {
    const at = (from + step) % rows.length;
    if (rows[at]!.node.level.toLowerCase().startsWith(text)) return at;
  }
  return index;
}

function parentOf(rows: Row[], index: number): number {
  const { depth } = rows[index]!;
  for (let at = index - 1; at >= 0; at--) {
    if (rows[at]!.depth < depth) return at;
  }
  return index;
}

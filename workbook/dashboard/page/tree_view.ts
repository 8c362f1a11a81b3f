import { showTopic } from "./connection.ts";
import { formatNumber } from "./format.ts";
import { fill, labels } from "./labels.ts";
import { selectedTab, tree, treeVersion } from "./store.ts";
import { rowsInSight, scrollToRow, useSight } from "./tree/rows_in_sight.ts";
import { treeAction, typedRow } from "./tree/tree_keys.ts";
import { TreeRow } from "./tree/tree_row.ts";
import type { Row } from "./tree/tree_rows.ts";
import {
  activePath,
  expand,
  expandAll,
  filterText,
  holdStill,
  order,
  rows,
  sortBy,
} from "./tree/tree_state.ts";
import { html, useLayoutEffect, useRef, type VNode } from "./view.ts";

/** Letters that are typed faster than this belong together, in milliseconds. */
const TYPING = 700;

/** As in the style sheet. */
const ONE_COLUMN = "(max-width: 700px)";

/** The tree of topics. Only rows in sight are drawn. */
export function TreeView(): VNode {
  const { list, sample, sight } = useSight();
  const typed = useRef({ text: "", at: 0 });
  /** Whether the next drawing moves the focus to the active row. */
  const isFocusing = useRef(false);
  const all = rows.value;
  const found = all.findIndex(({ node }) => node.path === activePath.value);
  const active = Math.max(0, found);
  useLayoutEffect(() => {
    if (!isFocusing.current) return;
    isFocusing.current = false;
    list.current!.querySelector<HTMLElement>("[tabindex='0']")
      ?.focus({ preventScroll: true });
  });

  const goTo = (index: number) => {
    list.current!.scrollTop = scrollToRow(sight, index);
    const path = all[index]?.node.path;
    // Without a change nothing is drawn now, and a later drawing moves no focus.
    isFocusing.current = path !== activePath.value;
    activePath.value = path;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inSight = Math.max(1, Math.floor(sight.height / sight.rowHeight) - 1);
    const isTyping = event.timeStamp - typed.current.at < TYPING;
    const isLetter = [...event.key].length === 1 &&
      (event.key !== " " || isTyping);
    if (isLetter) {
      const text = (isTyping ? typed.current.text : "") + event.key;
      typed.current = { text, at: event.timeStamp };
      event.preventDefault();
      goTo(typedRow(text, all, active));
      return;
    }
    const action = treeAction(event.key, all, active, inSight);
    if (action === undefined) return;
    event.preventDefault();
    holdStill();
    if (action.isExpanded !== undefined) {
      expand(all[active]!.node, action.isExpanded);
    }
    if (action.isOpened) open(all[active]!);
    goTo(action.index ?? active);
  };
  const onClick = (row: Row) => {
    activePath.value = row.node.path;
    if (row.node.topic) open(row);
    else expand(row.node, !row.isExpanded);
  };

  const [first, end] = rowsInSight(sight, all.length);
  const drawn = all.slice(first, end).map((row, at) =>
    [row, first + at] as const
  );
  // The focus would be lost with the row that has it.
  const activeRow = all[active];
  if (activeRow && (active < first || active >= end)) {
    drawn.push([activeRow, active]);
  }
  return html`
    <section class="topics" aria-label=${labels.value.topics}>
      <${TreeControls} />
      <div
        class="tree"
        role="tree"
        ref=${list}
        aria-label=${labels.value.topics}
        tabindex=${all.length === 0 ? 0 : undefined}
        onKeyDown=${onKeyDown}
        onPointerMove=${holdStill}
      >
        <div class="row sample" aria-hidden="true" ref=${sample}></div>
        <div role="none" style=${{
          height: `${all.length * sight.rowHeight}px`,
        }}>
          ${drawn.map(([row, index]) =>
            html`
              <${TreeRow}
                key=${row.node.path}
                ...${row}
                top=${index * sight.rowHeight}
                isActive=${row === activeRow}
                onClick=${() => onClick(row)}
              />
            `
          )}
        </div>
        ${all.length === 0 && html`
          <p class="hint">${filterText.value.trim()
            ? labels.value.noneFound
            : labels.value.noTopics}</p>
        `}
      </div>
    </section>
  ` as VNode;
}

function open({ node }: Row): void {
  showTopic(node.path);
  selectedTab.value = "topic";
  // In one column it stands below the tree.
  if (matchMedia(ONE_COLUMN).matches) {
    const [header, side] = ["header", "#side"]
      .map((name) => document.querySelector<HTMLElement>(name)!);
    scrollTo({ top: side!.offsetTop - header!.offsetHeight });
  }
}

/** What is above the tree: to find topics, to sort them, to open and to close all. */
function TreeControls(): VNode {
  void treeVersion.value;
  const words = labels.value;
  return html`
    <div class="controls tree-controls">
      <label class="unseen" for="topic-filter">${words.findTopics}</label>
      <input
        type="search"
        id="topic-filter"
        placeholder=${words.findTopicsHint}
        value=${filterText.value}
        spellcheck=${false}
        autocomplete="off"
        autocapitalize="off"
        onInput=${(event: Event) =>
          filterText.value = (event.target as HTMLInputElement).value}
      />
      <label>
        <span class="unseen">${words.sortBy}</span>
        <select
          value=${order.value}
          onChange=${(event: Event) =>
            sortBy(
              (event.target as HTMLSelectElement).value === "rate"
                ? "rate"
                : "name",
            )}
        >
          <option value="name">${words.byName}</option>
          <option value="rate">${words.byRate}</option>
        </select>
      </label>
      <button type="button" onClick=${() => expandAll(true)}>${words
        .expandAll}</button>
      <button type="button" onClick=${() => expandAll(false)}>${words
        .collapseAll}</button>
    </div>
    <div class="row head">
      <span class="name">${fill(words.topicCount, {
        n: formatNumber(tree.value.size),
      })}</span>
      <span class="last">${words.value}</span>
      <span class="age">${words.age}</span>
      <span class="count">${words.messages}</span>
      <span class="rate">${words.rate}</span>
    </div>
  ` as VNode;
}

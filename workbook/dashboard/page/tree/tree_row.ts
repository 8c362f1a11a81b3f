import { printable } from "../../../../lib/printable.ts";
import { time } from "../clock.ts";
import { formatAge, formatNumber, formatRate } from "../format.ts";
import { labels } from "../labels.ts";
import { openTopic, treeVersion } from "../store.ts";
import { html, useLayoutEffect, useRef, type VNode } from "../view.ts";
import type { Row } from "./tree_rows.ts";
import { expand } from "./tree_state.ts";

/** Deeper rows are moved no further to the right. */
const MOST_INDENTED = 12;

/** A row of the tree: a level, what came last on it, how old that is, and how much came. */
export function TreeRow(
  { node, depth, position, siblings, isExpanded, top, isActive, onClick }:
    & Row
    & { top: number; isActive: boolean; onClick: () => void },
): VNode {
  // The node is changed in place.
  void treeVersion.value;
  const { topic, count } = node;
  // What came below is seen below, once that is shown.
  const element = useFlash(isExpanded ? topic?.count ?? 0 : count);
  const words = labels.value;
  const indent = Math.min(depth, MOST_INDENTED) - 1;
  const toggle = (event: Event) => {
    event.stopPropagation();
    expand(node, !isExpanded);
  };
  return html`
    <div
      class="row"
      role="treeitem"
      ref=${element}
      aria-level=${depth}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-expanded=${isExpanded === undefined ? undefined : String(isExpanded)}
      aria-selected=${String(
        topic !== undefined && node.path === openTopic.value,
      )}
      tabindex=${isActive ? 0 : -1}
      style=${{ transform: `translateY(${top}px)` }}
      onClick=${onClick}
    >
      <span class="name" style=${{ paddingInlineStart: `${indent}rem` }}>
        <span
          class="twisty"
          aria-hidden="true"
          onClick=${isExpanded === undefined ? undefined : toggle}
        ></span>
        <span class="level">${printable(node.level) || words.emptyLevel}</span>
        ${topic?.isRetained && html`
          <span class="mark"
            title=${words
              .retained}>R<span class="unseen">${` ${words.retained}`}</span></span>
        `}
        ${topic !== undefined && topic.qos > 0 && html`
          <span class="mark" title=${`${words.qos} ${topic.qos}`}>
            <span class="unseen">${words.qos}${" "}</span>${topic.qos}
          </span>
        `}
      </span>
      <span class="last">${topic?.value}</span>
      <span class="age">${formatAge(time.value - node.time)}</span>
      <span class="count">${formatNumber(count)}</span>
      <span class="rate">${formatRate(
        node.rate,
      )}<span class="unit">/s</span></span>
    </div>
  ` as VNode;
}

/** How long it shines, in milliseconds. */
const LENGTH = 600;

/**
 * Makes an element shine for a moment whenever a count has grown, unless the user asks
 * for less motion.
 *
 * @returns The element's reference.
 */
function useFlash(count: number) {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(count);
  const animation = useRef<Animation | undefined>(undefined);
  useLayoutEffect(() => {
    if (count > before.current && !isCalm()) {
      animation.current?.cancel();
      animation.current = element.current?.animate(
        [{ backgroundColor: "var(--flash)" }, {}],
        LENGTH,
      );
    }
    before.current = count;
  }, [count]);
  return element;
}

function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

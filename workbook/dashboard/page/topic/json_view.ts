import { printable } from "../../../../lib/printable.ts";
import { formatNumber } from "../format.ts";
import { type Member, memberCount, membersOf } from "../../json_paths.ts";
import { fill, labels } from "../labels.ts";
import { html, useState, type VNode } from "../view.ts";

/** How many members of one value are shown, and how many more when asked. */
const STEP = 100;
/** How deep what is nested begins open. */
const OPEN_DEPTH = 3;
/** What has more members begins closed, unless it is the payload itself. */
const OPEN_MEMBERS = 20;
/** How many characters of a text are shown at first. */
const TEXT_LENGTH = 400;

/** What was chosen to be open, and how many members are shown, by path. */
export interface JsonChoices {
  open: Map<string, boolean>;
  shown: Map<string, number>;
  /** Draws anew what has been chosen. */
  onChange: () => void;
}

interface Shared {
  choices: JsonChoices;
  /** Draws the number at a path as a chart. */
  onChart: (path: string) => void;
}

/** A JSON value as a tree that can be folded, each number with a button. */
export function JsonView(
  { value, ...shared }: { value: unknown } & Shared,
): VNode {
  const root = { name: "$", path: "$", value };
  return html`
    <ul class="json">
      <${JsonMember} member=${root} depth=${0} ...${shared} />
    </ul>
  ` as VNode;
}

function JsonMember(
  { member, depth, choices, onChart }:
    & { member: Member; depth: number }
    & Shared,
): VNode {
  const { path, value } = member;
  const count = memberCount(value);
  const label = html`<span class="json-name">${nameOf(member, depth)}</span>`;
  if (count === undefined || count === 0) {
    return html`
      <li>
        ${label} <${JsonScalar} value=${value} />
        ${typeof value === "number" && html`
          <button
            type="button"
            class="small"
            aria-label=${fill(labels.value.chartNumber, {
              path: printable(path),
            })}
            onClick=${() => onChart(path)}
          >${labels.value.chart}</button>
        `}
      </li>
    ` as VNode;
  }
  const isOpen = choices.open.get(path) ??
    (depth === 0 || depth < OPEN_DEPTH && count <= OPEN_MEMBERS);
  const toggle = () => {
    choices.open.set(path, !isOpen);
    choices.onChange();
  };
  return html`
    <li>
      <button type="button" class="json-fold" aria-expanded=${String(
        isOpen,
      )} onClick=${toggle}>
        <span class="twisty" aria-hidden="true"></span>
        ${label}
        <span class="faint">${fill(
          Array.isArray(value) ? labels.value.elements : labels.value.members,
          {
            n: formatNumber(count),
          },
        )}</span>
      </button>
      ${isOpen && html`
        <${JsonMembers} ...${{ path, value, count, depth, choices, onChart }} />
      `}
    </li>
  ` as VNode;
}

function JsonMembers(
  { path, value, count, depth, choices, onChart }:
    & { path: string; value: unknown; count: number; depth: number }
    & Shared,
): VNode {
  const shown = choices.shown.get(path) ?? STEP;
  const showMore = () => {
    choices.shown.set(path, shown + STEP);
    choices.onChange();
  };
  return html`
    <ul>
      ${membersOf(value, path, shown).map((member) =>
        html`
          <${JsonMember}
            key=${member.path}
            ...${{ member, depth: depth + 1, choices, onChart }}
          />
        `
      )}
      ${count > shown && html`
        <li><button type="button" class="small" onClick=${showMore}>${fill(
          labels.value.showMore,
          { n: formatNumber(count - shown) },
        )}</button></li>
      `}
    </ul>
  ` as VNode;
}

function JsonScalar({ value }: { value: unknown }): VNode {
  const [isWhole, setWhole] = useState(false);
  const isText = typeof value === "string";
  const text = isText ? printable(JSON.stringify(value)) : plain(value);
  const isLong = text.length > TEXT_LENGTH && !isWhole;
  return html`
    <span class=${isText ? "json-text" : "json-value"}>
      ${isLong ? `${text.slice(0, TEXT_LENGTH)}…` : text}
    </span>
    ${isLong && html`
      <button type="button" class="small" onClick=${() => setWhole(true)}>
        ${fill(labels.value.showMore, {
          n: formatNumber(text.length - TEXT_LENGTH),
        })}
      </button>
    `}
  ` as VNode;
}

function nameOf({ name }: Member, depth: number): string {
  if (depth === 0) return "$";
  return typeof name === "number"
    ? `${name}:`
    : `${printable(JSON.stringify(name))}:`;
}

/** A value that is no text, and has no members. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return "[]";
  return typeof value === "object" && value !== null ? "{}" : String(value);
}

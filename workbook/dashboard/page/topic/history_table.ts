import { printable } from "../../../../lib/printable.ts";
import type { TopicMessage } from "../../protocol.ts";
import { formatNumber, formatTime } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { fromBase64, readPayload } from "./payload.ts";
import type { OpenMessages } from "../store.ts";
import { html, type VNode } from "../view.ts";

/** How many rows are drawn. */
const MOST = 200;
/** How much of a value is drawn. */
const VALUE_LENGTH = 200;
/** More bytes can't be drawn, so they aren't decoded. */
const VALUE_BYTES = 4 * VALUE_LENGTH;

const values = new WeakMap<TopicMessage, string>();

/** The topic's messages, the newest first; one of them can be chosen. */
export function HistoryTable({ open, chosen, choose }: {
  open: OpenMessages;
  chosen: TopicMessage | undefined;
  choose: (message: TopicMessage | undefined) => void;
}): VNode {
  const { history, time, value, qos, retained, duplicate } = labels.value;
  const shown = open.messages.slice(-MOST).reverse();
  const leftOut = open.leftOut + open.messages.length - shown.length;
  return html`
    <h3 id="history-title">${history}</h3>
    <div class="table" tabindex="0" role="region" aria-labelledby="history-title">
      <table>
        <thead>
          <tr>
            <th scope="col">${time}</th>
            <th scope="col">${value}</th>
            <th scope="col">${qos}</th>
            <th scope="col">${retained}</th>
            <th scope="col">${duplicate}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((message) =>
            html`
              <${HistoryRow}
                key=${keyOf(message)}
                message=${message}
                isChosen=${chosen === message}
                choose=${choose}
              />
            `
          )}
        </tbody>
      </table>
    </div>
    ${leftOut > 0 && html`
      <p class="notice">${fill(labels.value.historyCut, {
        n: formatNumber(shown.length),
        more: formatNumber(leftOut),
      })}</p>
    `}
  ` as VNode;
}

function HistoryRow({ message, isChosen, choose }: {
  message: TopicMessage;
  isChosen: boolean;
  choose: (message: TopicMessage | undefined) => void;
}): VNode {
  const { yes } = labels.value;
  return html`
    <tr class=${isChosen ? "chosen" : ""}>
      <td>
        <button
          type="button"
          class="plain"
          aria-pressed=${String(isChosen)}
          onClick=${() => choose(isChosen ? undefined : message)}
        >${formatTime(message.time, { hasMilliseconds: true })}</button>
      </td>
      <td class="value">
        <div>${valueOf(message)}</div>
      </td>
      <td>${message.qos}</td>
      <td>${message.retain && html`<${Tick} label=${yes} />`}</td>
      <td>${message.duplicate && html`<${Tick} label=${yes} />`}</td>
    </tr>
  ` as VNode;
}

function Tick({ label }: { label: string }): VNode {
  return html`<span role="img" aria-label=${label}>✓</span>` as VNode;
}

/** Two messages may be alike in all; the same one keeps its key. */
const keys = new WeakMap<TopicMessage, number>();
let lastKey = 0;
function keyOf(message: TopicMessage): number {
  const key = keys.get(message) ?? ++lastKey;
  keys.set(message, key);
  return key;
}

/** The beginning of a message's payload in one line. */
function valueOf(message: TopicMessage): string {
  const known = values.get(message);
  if (known !== undefined) return known;
  // Base64 has four characters for three bytes.
  const beginning = message.payload.slice(0, Math.ceil(VALUE_BYTES / 3) * 4);
  const bytes = fromBase64(beginning);
  const payload = readPayload(bytes, bytes.length === message.bytes);
  const text = payload.kind === "empty" ? "" : printable(payload.text);
  const isCut = text.length > VALUE_LENGTH || bytes.length < message.bytes;
  const value = isCut ? `${text.slice(0, VALUE_LENGTH)}…` : text;
  values.set(message, value);
  return value;
}

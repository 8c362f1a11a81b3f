import { printable, printableLines } from "../../../../lib/printable.ts";
import type { TopicMessage } from "../../protocol.ts";
import { addSeries } from "../charts.ts";
import { CopyButton } from "./copy_button.ts";
import { formatNumber } from "../format.ts";
import { type JsonChoices, JsonView } from "./json_view.ts";
import { fill, labels } from "../labels.ts";
import { fromBase64, type Payload, readPayload } from "./payload.ts";
import { selectedTab } from "../store.ts";
import { html, useState, type VNode } from "../view.ts";

/** How many characters of a text, or of bytes in hexadecimal, are drawn at first. */
const TEXT_LENGTH = 20_000;

/** A message's payload, shown as what it is. */
export function PayloadView(
  { topic, message }: { topic: string; message: TopicMessage },
): VNode {
  const [charted, setCharted] = useState<string | undefined>(undefined);
  const bytes = fromBase64(message.payload);
  const payload = readPayload(bytes, bytes.length === message.bytes);
  const onChart = (path: string) => {
    addSeries(topic, path);
    setCharted(path);
  };
  const words = labels.value;
  return html`
    <div class="controls">
      <h3>${words.payload}</h3>
      <span class="faint">${kindOf(payload)} · ${fill(words.bytes, {
        n: formatNumber(message.bytes),
      })}</span>
      ${payload.kind !== "empty" && html`
        <${CopyButton} text=${payload.text} label=${words.copyPayload} />
      `}
    </div>
    ${bytes.length < message.bytes && html`
      <p class="notice">${fill(words.payloadCut, {
        n: formatNumber(bytes.length),
      })}</p>
    `}
    <${PayloadContent} payload=${payload} onChart=${onChart} />
    <p role="status" class="controls">
      ${charted !== undefined && html`
        <span>${fill(words.charted, { path: printable(charted) })}</span>
        <button type="button" class="small" onClick=${() =>
          selectedTab.value = "charts"}>${words.showCharts}</button>
      `}
    </p>
  ` as VNode;
}

function PayloadContent(
  { payload, onChart }: { payload: Payload; onChart: (path: string) => void },
): VNode {
  const [, redraw] = useState(0);
  const [isWhole, setWhole] = useState(false);
  const [choices] = useState<JsonChoices>(() => ({
    open: new Map(),
    shown: new Map(),
    onChange: () => redraw((count) => count + 1),
  }));
  if (payload.kind === "empty") {
    return html`<p class="faint">${labels.value.emptyPayload}</p>` as VNode;
  }
  if (payload.kind === "json") {
    return html`
      <${JsonView} value=${payload
        .value} choices=${choices} onChart=${onChart} />
    ` as VNode;
  }
  const text = printableLines(payload.text);
  if (payload.kind === "number") {
    return html`
      <p class="number">
        <output>${text.trim()}</output>
        <button type="button" onClick=${() => onChart("$")}>
          ${labels.value.chart}
        </button>
      </p>
    ` as VNode;
  }
  const isLong = text.length > TEXT_LENGTH && !isWhole;
  return html`
    <pre tabindex="0">${isLong ? text.slice(0, TEXT_LENGTH) : text}</pre>
    ${isLong && html`
      <button type="button" class="small" onClick=${() => setWhole(true)}>
        ${fill(labels.value.showMore, {
          n: formatNumber(text.length - TEXT_LENGTH),
        })}
      </button>
    `}
  ` as VNode;
}

function kindOf({ kind }: Payload): string {
  const { empty, number, text, hexadecimal } = labels.value;
  return { empty, number, json: "JSON", text, hex: hexadecimal }[kind];
}

import { printable, printableLines } from "../../../../lib/printable.ts";
import type { TopicMessage } from "../../protocol.ts";
import { addSeries } from "../charts.ts";
import { formatNumber } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { selectedTab } from "../store.ts";
import { html, useEffect, useState, type VNode } from "../view.ts";
import { type JsonChoices, JsonView, LongText } from "./json_view.ts";
import { fromBase64, type Payload, readPayload } from "./payload.ts";

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
  return html`
    <${LongText} text=${text} most=${TEXT_LENGTH} element="pre" tabindex="0" />
  ` as VNode;
}

function kindOf({ kind }: Payload): string {
  const { empty, number, text, hexadecimal } = labels.value;
  return { empty, number, json: "JSON", text, hex: hexadecimal }[kind];
}

/** For how long it says that it has copied, in milliseconds. */
const SAID = 2_000;

/** Copies a text as it is, printable or not. */
export function CopyButton(
  { text, label }: { text: string; label: string },
): VNode {
  const [said, setSaid] = useState<"copied" | "copyFailed" | undefined>(
    undefined,
  );
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SAID);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = async () => {
    setSaid(await copy(text) ? "copied" : "copyFailed");
  };
  return html`
    <button type="button" class="small" onClick=${onClick}>${label}</button>
    <span role="status" class="faint">${said && labels.value[said]}</span>
  ` as VNode;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Copies over plain HTTP, where there is no `navigator.clipboard`. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}

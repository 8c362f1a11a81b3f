import { printable } from "../../../lib/printable.ts";
import { messageRate } from "./clock.ts";
import { formatNumber, formatRate, formatTime } from "./format.ts";
import { fill, labels } from "./labels.ts";
import {
  brokerState,
  log,
  outages,
  phase,
  total,
  unlisted,
  welcome,
} from "./store.ts";
import { effect, html, signal, type VNode } from "./view.ts";

/** What is always in sight: how the connections are, and how much has come. */
export function StateView(): VNode {
  const words = labels.value;
  return html`
    <header>
      <div class="state">
        <h1>${words.title}</h1>
        ${welcome.value && html`<${Broker} />`}
        <${ConnectionState} />
        ${welcome.value && html`<${Figures} />`}
        <label class="switch"><input
          type="checkbox"
          role="switch"
          checked=${isLarge.value}
          onChange=${(event: Event) =>
            isLarge.value = (event.target as HTMLInputElement).checked}
        /> ${words.largeType}</label>
      </div>
      <${Outages} />
      <${Log} />
    </header>
  ` as VNode;
}

function Broker(): VNode {
  const { broker, filters, refused, recording } = welcome.value!;
  return html`
    <span class="broker">
      <code>${printable(broker)}</code>
      ${filters.map((filter) =>
        html`${" "}<code class="filter">${printable(filter)}</code>`
      )}
      ${refused.length > 0 && html`
        <span class="warning">${" "}${fill(labels.value.filtersRefused, {
          filters: refused.map(printable).join(", "),
        })}</span>
      `}
      ${recording !== undefined && html`
        <span class="faint">${" "}${fill(labels.value.recordingFrom, {
          file: printable(recording),
        })}</span>
      `}
    </span>
  ` as VNode;
}

/** The page's own connection, where it is lost, and otherwise the broker's. */
function ConnectionState(): VNode {
  const { kind, text } = describeConnection();
  return html`
    <span class="connection" role="status" data-kind=${kind}>${text}</span>
  ` as VNode;
}

function describeConnection(): {
  kind: "good" | "bad" | "waiting";
  text: string;
} {
  const words = labels.value;
  if (phase.value === "connecting") {
    return welcome.value
      ? { kind: "bad", text: words.serverGone }
      : { kind: "waiting", text: words.connecting };
  }
  if (phase.value !== "open") {
    return { kind: "waiting", text: words.passwordNeeded };
  }
  const state = brokerState.value;
  if (!state) return { kind: "waiting", text: words.connecting };
  const time = formatTime(state.since);
  if (state.isConnected) {
    return { kind: "good", text: fill(words.connectedSince, { time }) };
  }
  const text = fill(words.disconnectedSince, { time });
  return {
    kind: "bad",
    text: state.reason ? `${text}: ${printable(state.reason)}` : text,
  };
}

function Figures(): VNode {
  const words = labels.value;
  return html`
    <span class="figures">
      <span>${fill(words.messagesInAll, {
        n: formatNumber(total.value),
      })}</span>
      <span>${fill(words.messagesASecond, {
        n: formatRate(messageRate.value),
      })}</span>
      ${unlisted.value > 0 && html`
        <span class="warning">${fill(words.unlisted, {
          n: formatNumber(unlisted.value),
        })}</span>
      `}
    </span>
  ` as VNode;
}

/** The last outage, and behind it those before. */
function Outages(): VNode | null {
  const told = outages.value.map(({ from, to }) =>
    fill(labels.value.outage, { from: formatTime(from), to: formatTime(to) })
  );
  const last = told.pop();
  if (last === undefined) return null;
  if (told.length === 0) return html`<p class="outages">${last}</p>` as VNode;
  return html`
    <details class="outages">
      <summary>${last} ${fill(labels.value.outagesBefore, {
        n: formatNumber(told.length),
      })}</summary>
      <ul>${told.reverse().map((outage) => html`<li>${outage}</li>`)}</ul>
    </details>
  ` as VNode;
}

function Log(): VNode | null {
  if (log.value.length === 0) return null;
  return html`
    <details class="log">
      <summary>${fill(labels.value.log, {
        n: formatNumber(log.value.length),
      })}</summary>
      <pre tabindex="0">${log.value.map(printable).join("\n")}</pre>
    </details>
  ` as VNode;
}

const KEY = "mqtt-dashboard-large-type";

/** Whether all is written larger; remembered by the browser. */
const isLarge = signal(false);

/** Takes the remembered choice, and remembers each new one. */
export function startLargeType(): void {
  isLarge.value = read() === "true";
  effect(() => {
    document.documentElement.classList.toggle("large", isLarge.value);
    write(String(isLarge.value));
  });
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser may keep nothing.
    return null;
  }
}

function write(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // It holds until the page is closed, then.
  }
}

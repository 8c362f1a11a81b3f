import { addNumericTopics, addSeries, MOST_SERIES } from "../charts.ts";
import { printable } from "../../../../lib/printable.ts";
import { fill, labels } from "../labels.ts";
import { tree, treeVersion } from "../store.ts";
import { useThrottled } from "../throttled.ts";
import { html, type VNode } from "../view.ts";
import { latest, numericTopics } from "./numeric_topics.ts";

const COUNT = 4;
/** How often other topics are suggested at most: every so many milliseconds. */
const PAUSE = 1_000;

/** What stands in the place of charts: how to begin, and with which topics. */
export function Suggestions(): VNode {
  useThrottled(() => treeVersion.value, PAUSE);
  const { chartsEmpty, chartsNone, chartAllNumeric } = labels.value;
  const topics = latest(numericTopics(tree.value.nodes()), COUNT);
  if (topics.length === 0) {
    return html`<p class="charts-empty">${chartsNone}</p>` as VNode;
  }
  return html`
    <div class="charts-empty">
      <p>${chartsEmpty}</p>
      <div class="chart-suggestions">
        ${topics.map(({ topic }) =>
          html`
            <button type="button" key=${topic} onClick=${() =>
              addSeries(topic, "$")}>
              <bdi>${printable(topic)}</bdi>
            </button>
          `
        )}
      </div>
      <button type="button" onClick=${addNumericTopics}>
        ${fill(chartAllNumeric, { n: MOST_SERIES })}
      </button>
    </div>
  ` as VNode;
}

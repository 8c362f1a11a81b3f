import { addSeries, MOST_SERIES, series } from "../charts.ts";
import { numberAt } from "../../number_at.ts";
import { fill, labels } from "../labels.ts";
import type { Labels } from "../languages/en.ts";
import { tree } from "../store.ts";
import { suggestTopics } from "../publish/topic_suggestions.ts";
import { html, useSignal, type VNode } from "../view.ts";
import { numericPaths } from "./numeric_topics.ts";

/** Asks for a topic, and where in its payload the number is. */
export function AddSeriesForm(): VNode {
  const topic = useSignal("");
  const path = useSignal("$");
  const error = useSignal<keyof Labels | null>(null);
  const text = labels.value;
  if (series.value.length === MOST_SERIES) {
    return html`
      <p class="chart-note">${fill(text.chartFull, { n: MOST_SERIES })}</p>
    ` as VNode;
  }
  const paths = pathsOf(topic.value);
  const onTopic = (event: Event) => {
    topic.value = (event.target as HTMLInputElement).value;
    const paths = pathsOf(topic.value);
    // The payload is JSON: what can be charted is inside.
    if (paths.length > 0 && !paths.includes(path.value)) path.value = paths[0]!;
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    error.value = errorIn(topic.value, path.value);
    if (error.value !== null) return;
    addSeries(topic.value, path.value);
    topic.value = "";
    path.value = "$";
  };
  return html`
    <form class="chart-form" onSubmit=${onSubmit}>
      <label>
        ${text.topic}
        <input type="text" name="topic" required list="chart-topics"
          autocomplete="off" spellcheck=${false} value=${topic.value}
          onInput=${onTopic} />
      </label>
      <datalist id="chart-topics">
        ${suggestTopics(tree.value, topic.value).map((topic) =>
          html`<option key=${topic} value=${topic}></option>`
        )}
      </datalist>
      <label>
        ${text.chartPath}
        <input type="text" name="path" required list="chart-paths"
          autocomplete="off" spellcheck=${false} value=${path.value}
          onInput=${(event: Event) =>
            path.value = (event.target as HTMLInputElement).value} />
      </label>
      <datalist id="chart-paths">
        ${paths.map((path) =>
          html`<option key=${path} value=${path}></option>`
        )}
      </datalist>
      <button type="submit">${text.chartAdd}</button>
      <p class="chart-error" role="alert">${error.value &&
        text[error.value]}</p>
    </form>
  ` as VNode;
}

function errorIn(topic: string, path: string): keyof Labels | null {
  if (/[+#]/.test(topic)) return "chartNoFilter";
  return numberAt(path) === undefined ? "chartNoPath" : null;
}

/** Where the numbers are in the payload that came last on a topic. */
function pathsOf(topic: string): string[] {
  return numericPaths(tree.value.find(topic)?.topic?.value ?? "");
}

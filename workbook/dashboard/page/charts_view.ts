import { printable } from "../../../lib/printable.ts";
import { numberAt } from "../json_paths.ts";
import {
  addFirstTopics,
  addNumericTopics,
  addSeries,
  latest,
  MOST_SERIES,
  numericPaths,
  numericTopics,
  series,
} from "./charts.ts";
import { Chart, type ShownSeries } from "./charts/chart.ts";
import { ChartControls } from "./charts/chart_controls.ts";
import { statistics } from "./charts/chart_data.ts";
import { ChartTable } from "./charts/chart_table.ts";
import { followed, pausedAt, sight, zoom } from "./charts/sight.ts";
import { fill, type Labels, labels } from "./labels.ts";
import { now, points, pointsVersion, tree, treeVersion } from "./store.ts";
import {
  html,
  throttled,
  useEffect,
  useRef,
  useSignal,
  useThrottled,
  type VNode,
} from "./view.ts";
import { suggestTopics } from "./topic_tree.ts";

/** How often the numbers below a chart change at most: every so many milliseconds. */
const PAUSE = 500;
const FIRST_TOPICS_PAUSE = 300;
/** How many topics are suggested, and how often others at most. */
const SUGGESTIONS = 4;
const SUGGESTIONS_PAUSE = 1_000;

/** Numeric series as charts, with their controls and their numbers. */
export function ChartsView(): VNode {
  const place = useRef<HTMLDivElement>(null);
  const areApart = useSignal(false);
  useThrottled(() => {
    if (pausedAt.value === null) void [pointsVersion.value, now.value];
  }, PAUSE);
  useEffect(() => {
    addFirstTopics();
    return throttled(
      () => treeVersion.value,
      addFirstTopics,
      FIRST_TOPICS_PAUSE,
    );
  }, []);
  void [zoom.value, followed.value];
  // What nothing is known of yet is shown as soon as it comes.
  if (series.value.some(({ key }) => !points.has(key))) {
    void pointsVersion.value;
  }
  const range = sight();
  const shown = series.value.map((series): ShownSeries => {
    const known = points.get(series.key);
    return { series, statistics: known && statistics(known, range) };
  });
  const charts = areApart.value ? shown.map((one) => [one]) : [shown];
  return html`
    <section class="charts" aria-label=${labels.value.charts}>
      ${shown.length === 0 ? html`<${Suggestions} />` : html`
        <${ChartControls} areApart=${areApart} place=${place} />
        <div class=${areApart.value ? "charts-apart" : "charts-together"}
          ref=${place}>
          ${charts.map((shown) =>
            html`<${Chart} key=${shown[0]!.series.key} shown=${shown} />`
          )}
        </div>
        <${ChartTable} shown=${shown} />
      `}
      <${AddSeriesForm} />
    </section>
  ` as VNode;
}

/** What stands in the place of charts: how to begin, and with which topics. */
function Suggestions(): VNode {
  useThrottled(() => treeVersion.value, SUGGESTIONS_PAUSE);
  const { chartsEmpty, chartsNone, chartAllNumeric } = labels.value;
  const topics = latest(numericTopics(tree.value.nodes()), SUGGESTIONS);
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

/** Asks for a topic, and where in its payload the number is. */
function AddSeriesForm(): VNode {
  const topic = useSignal("");
  const path = useSignal("$");
  const error = useSignal<keyof Labels | null>(null);
  const text = labels.value;
  if (series.value.length === MOST_SERIES) {
    return html`
      <p class="faint">${fill(text.chartFull, { n: MOST_SERIES })}</p>
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
      <p class="error" role="alert">${error.value &&
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

import { addFirstTopics, series } from "./charts.ts";
import { AddSeriesForm } from "./charts/add_series_form.ts";
import { Chart, type ShownSeries } from "./charts/chart.ts";
import { ChartControls } from "./charts/chart_controls.ts";
import { statistics } from "./charts/chart_data.ts";
import { ChartTable } from "./charts/chart_table.ts";
import { followed, pausedAt, sight, zoom } from "./charts/sight.ts";
import { Suggestions } from "./charts/suggestions.ts";
import { labels } from "./labels.ts";
import { now, points, pointsVersion, treeVersion } from "./store.ts";
import { throttled, useThrottled } from "./throttled.ts";
import { html, useEffect, useRef, useSignal, type VNode } from "./view.ts";

/** How often the numbers below a chart change at most: every so many milliseconds. */
const PAUSE = 500;
const FIRST_TOPICS_PAUSE = 300;

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

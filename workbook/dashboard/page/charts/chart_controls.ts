import { series } from "../charts.ts";
import { formatNumber } from "../format.ts";
import { fill, type Labels, labels } from "../labels.ts";
import { points, pointsVersion } from "../store.ts";
import { html, type Signal, useThrottled, type VNode } from "../view.ts";
import { download, exportCsv, exportPng } from "./export.ts";
import { readTheme } from "./series_style.ts";
import {
  countSincePause,
  follow,
  followed,
  moveBy,
  pausedAt,
  sight,
  togglePause,
  zoom,
  zoomBy,
} from "./sight.ts";

const MINUTE = 60_000;
const STEP = 0.25;
/** How often the count of what came since a pause changes at most. */
const PAUSE = 500;

/** How much time is shown, by the label that says so. */
const WINDOWS: [label: keyof Labels, milliseconds: number][] = [
  ["chartAll", Infinity],
  ["chartLastMinute", MINUTE],
  ["chartLast5", 5 * MINUTE],
  ["chartLast15", 15 * MINUTE],
  ["chartLastHour", 60 * MINUTE],
];

interface ChartControlsProps {
  /** Whether each series has a chart of its own. */
  areApart: Signal<boolean>;
  /** Where the charts are. */
  place: { current: HTMLElement | null };
}

/** What stands above the charts: how much time they show, pause, and export. */
export function ChartControls(
  { areApart, place }: ChartControlsProps,
): VNode {
  useThrottled(() => void [pausedAt.value, pointsVersion.value], PAUSE);
  const text = labels.value;
  const isPaused = pausedAt.value !== null;
  return html`
    <div class="chart-controls" role="toolbar" aria-label=${text.chartControls}>
      <label>
        ${text.chartWindow}
        <select value=${zoom.value ? "" : String(followed.value)}
          onChange=${(event: Event) =>
            follow(Number((event.target as HTMLSelectElement).value))}>
          ${zoom.value && html`<option value="">${text.chartZoomed}</option>`}
          ${WINDOWS.map(([label, milliseconds]) =>
            html`<option value=${String(milliseconds)}>${text[label]}</option>`
          )}
        </select>
      </label>
      <div class="chart-buttons">
        <${Button} label=${text.chartZoomIn} act=${() => zoomBy(1 / 2)}>+<//>
        <${Button} label=${text.chartZoomOut} act=${() => zoomBy(2)}>−<//>
        <${Button} label=${text.chartEarlier} act=${() => moveBy(-STEP)}>←<//>
        <${Button} label=${text.chartLater} act=${() => moveBy(STEP)}>→<//>
        <button type="button" aria-disabled=${zoom.value === null}
          onClick=${() => follow(followed.value)}>${text.chartReset}</button>
      </div>
      <button type="button" aria-pressed=${isPaused} onClick=${togglePause}>
        ${text.chartPause}
      </button>
      <label>
        <input type="checkbox" checked=${areApart.value}
          onChange=${() => areApart.value = !areApart.value} />
        ${text.chartApart}
      </label>
      <div class="chart-buttons">
        <button type="button" onClick=${saveCsv}>${text.chartCsv}</button>
        <button type="button" onClick=${() => savePng(place.current!)}>
          ${text.chartPng}
        </button>
      </div>
    </div>
    <p class="faint">${notes(isPaused)}</p>
  ` as VNode;
}

function Button(
  { label, act, children }: {
    label: string;
    act: () => void;
    children: string;
  },
): VNode {
  return html`
    <button type="button" aria-label=${label} title=${label}
      onClick=${act}>
      ${children}
    </button>
  ` as VNode;
}

/** What is to be known about what is shown. */
function notes(isPaused: boolean): string {
  const { chartPaused, chartLeftOut } = labels.value;
  const leftOut = series.value.reduce(
    (sum, { key }) => sum + (points.get(key)?.leftOut ?? 0),
    0,
  );
  return [
    ...isPaused
      ? [fill(chartPaused, { n: formatNumber(countSincePause()) })]
      : [],
    ...leftOut > 0 ? [fill(chartLeftOut, { n: formatNumber(leftOut) })] : [],
  ].join(" ");
}

function saveCsv(): void {
  const shown = series.value.map(({ key, topic, path }) => ({
    topic,
    path,
    points: points.get(key) ?? { times: [], values: [] },
  }));
  const text = exportCsv(shown, sight());
  download("chart.csv", new Blob([text], { type: "text/csv" }));
}

async function savePng(place: HTMLElement): Promise<void> {
  const canvases = [...place.querySelectorAll("canvas")];
  download("chart.png", await exportPng(canvases, series.value, readTheme()));
}

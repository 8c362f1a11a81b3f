import type { Series } from "../charts.ts";
import { fill, labels } from "../labels.ts";
import { now, pointsVersion } from "../store.ts";
import {
  html,
  throttled,
  useLayoutEffect,
  useRef,
  type VNode,
} from "../view.ts";
import type { Statistics } from "./chart_data.ts";
import { makePlot, type Plot } from "./plot.ts";
import { readTheme, seriesName, valueText } from "./series_style.ts";
import {
  cursorTime,
  followed,
  moveBy,
  pausedAt,
  sight,
  zoom,
  zoomBy,
  zoomTo,
} from "./sight.ts";

/** How often a chart is drawn at most: every so many milliseconds. */
const PAUSE = 100;
/** How far an arrow key moves the sight, and the cursor. */
const STEP = 0.25;
const CURSOR_STEP = 0.02;

/** A series with what it says in the stretch of time that is shown. */
export interface ShownSeries {
  series: Series;
  statistics: Statistics | undefined;
}

const EVENTS = {
  onSelect: zoomTo,
  onCursor: (time: number | null) => {
    cursorTime.value = time;
  },
  onDoubleClick: () => {
    zoom.value = null;
  },
};

/** A chart of several series, each with its own axis of values. */
export function Chart({ shown }: { shown: ShownSeries[] }): VNode {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const keys = shown.map(({ series }) => series.key).join("\n");

  // Not later: an observer may tell of a place that is gone.
  useLayoutEffect(() => {
    const place = host.current!;
    const make = () => {
      if (place.clientWidth === 0) return;
      plot.current?.destroy();
      plot.current = makePlot(
        place,
        shown.map(({ series }) => series),
        { theme: readTheme(), events: EVENTS },
      );
      plot.current.draw(sight());
    };
    // An observer tells of the size that there is at first, too.
    const observer = new ResizeObserver(make);
    observer.observe(place);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    const stop = throttled(
      readWhatMoves,
      () => plot.current?.draw(sight()),
      PAUSE,
    );
    return () => {
      stop();
      scheme.removeEventListener("change", make);
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [keys]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = event.shiftKey && event.key.startsWith("Arrow")
      ? CURSOR_KEYS.get(event.key)
      : KEYS.get(event.key);
    if (act === undefined) return;
    event.preventDefault();
    act(plot.current);
  };
  return html`
    <div class="chart" tabindex="0" role="group" onKeyDown=${onKeyDown}
      aria-label=${labels.value.chartKeys}>
      <div class="chart-canvas" role="img" aria-label=${summary(shown)}
        ref=${host}></div>
    </div>
  ` as VNode;
}

const KEYS = new Map<string, (plot: Plot | null) => void>([
  ["+", () => zoomBy(1 / 2)],
  ["=", () => zoomBy(1 / 2)],
  ["-", () => zoomBy(2)],
  ["ArrowLeft", () => moveBy(-STEP)],
  ["ArrowRight", () => moveBy(STEP)],
  ["ArrowUp", () => zoomBy(1 / 2)],
  ["ArrowDown", () => zoomBy(2)],
  ["0", () => EVENTS.onDoubleClick()],
]);

const CURSOR_KEYS = new Map<string, (plot: Plot | null) => void>([
  ["ArrowLeft", (plot) => plot?.moveCursor(-CURSOR_STEP)],
  ["ArrowRight", (plot) => plot?.moveCursor(CURSOR_STEP)],
]);

/** While drawing is stopped, only what the user does is drawn. */
function readWhatMoves(): void {
  void [zoom.value, followed.value];
  if (pausedAt.value === null) void [pointsVersion.value, now.value];
}

function summary(shown: ShownSeries[]): string {
  const { chartOf, chartSeries, chartSeriesEmpty } = labels.value;
  const parts = shown.map(({ series, statistics }) => {
    const name = seriesName(series);
    if (statistics === undefined) return fill(chartSeriesEmpty, { name });
    const { last, min, max } = statistics;
    return fill(chartSeries, {
      name,
      last: valueText(last),
      min: valueText(min),
      max: valueText(max),
    });
  });
  return [chartOf, ...parts].join(" ");
}

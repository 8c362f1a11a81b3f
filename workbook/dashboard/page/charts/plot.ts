import uPlot from "uplot";
import type { Series } from "../charts.ts";
import { points } from "../store.ts";
import { makeAxes } from "./axes.ts";
import { type Drawn, joined, visiblePoints } from "./chart_data.ts";
import type { Range } from "./chart_range.ts";
import { DASHES, seriesName, type Theme } from "./series_style.ts";

/** A chart on a canvas. */
export interface Plot {
  /** Draws what is in a stretch of time. */
  draw(range: Range): void;
  /** Moves the cursor by a share of the width. */
  moveCursor(share: number): void;
  destroy(): void;
}

/** What a chart tells of its user. */
interface PlotEvents {
  /** A stretch of time was chosen with the mouse. */
  onSelect: (range: Range) => void;
  /** The cursor is at a time, or nowhere. */
  onCursor: (time: number | null) => void;
  onDoubleClick: () => void;
}

/** How wide a line is, in pixels. */
const LINE = 2;

const NOTHING: Drawn = { times: [], values: [] };

/** Makes a chart of several series, as large as the element that it is put into. */
export function makePlot(
  host: HTMLElement,
  series: readonly Series[],
  { theme, events }: { theme: Theme; events: PlotEvents },
): Plot {
  const width = host.clientWidth;
  const plot = new uPlot(
    {
      width,
      height: host.clientHeight,
      ms: 1,
      legend: { show: false },
      scales: { x: { time: true } },
      series: [{}, ...series.map((one, index) => lineOf(one, index, theme))],
      axes: makeAxes(series, theme, width),
      cursor: {
        drag: { x: true, y: false, setScale: false },
        sync: { key: "charts" },
        dataIdx: nearestIndex,
        bind: {
          dblclick: () => () => {
            events.onDoubleClick();
            return null;
          },
        },
      },
      hooks: {
        setSelect: [(plot) => select(plot, events)],
        setCursor: [({ cursor: { left = -1 } }) => {
          events.onCursor(left < 0 ? null : plot.posToVal(left, "x"));
        }],
      },
    },
    undefined,
    host,
  );
  return {
    draw: (range) => {
      const parts = series.map(({ key }) =>
        visiblePoints(points.get(key) ?? NOTHING, range, width / LINE)
      );
      plot.batch(() => {
        plot.setData(joined(parts) as uPlot.AlignedData, false);
        plot.setScale("x", { min: range.from, max: range.to });
      });
    },
    moveCursor: (share) => {
      const { clientWidth, clientHeight } = plot.over;
      const { left = -1 } = plot.cursor;
      const start = left < 0 ? (share > 0 ? 0 : clientWidth) : left;
      const next = start + share * clientWidth;
      plot.setCursor({
        left: Math.max(0, Math.min(next, clientWidth)),
        top: clientHeight / 2,
      });
    },
    destroy: () => plot.destroy(),
  };
}

function lineOf(series: Series, index: number, theme: Theme): uPlot.Series {
  return {
    label: seriesName(series),
    scale: `y${index}`,
    stroke: theme.colors[series.style]!,
    dash: [...DASHES[series.style]!],
    width: LINE,
  };
}

function select(plot: uPlot, { onSelect }: PlotEvents): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  onSelect({
    from: plot.posToVal(left, "x"),
    to: plot.posToVal(left + width, "x"),
  });
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** The index at which a series has a point, next to where the cursor is. */
function nearestIndex(plot: uPlot, series: number, index: number): number {
  const values = plot.data[series]!;
  for (let away = 0; away < values.length; away++) {
    if (values[index - away] !== undefined) return index - away;
    if (values[index + away] !== undefined) return index + away;
  }
  return index;
}

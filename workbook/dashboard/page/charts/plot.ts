import uPlot from "uplot";
import { timeFormatter } from "../../../../lib/recording/local_time.ts";
import type { Series } from "../charts.ts";
import { points } from "../store.ts";
import { type Drawn, joined, visiblePoints } from "./chart_data.ts";
import { DASHES, seriesName, type Theme } from "./series_style.ts";
import type { Range } from "./sight.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** The share of the width that value axes may take. */
const MOST_WIDTH = 0.45;
/** How wide a value axis is, about, and a digit, in letters' heights. */
const AXIS_EMS = 4.5;
const DIGIT_EMS = 0.6;

const localTime = timeFormatter("local");

/**
 * Makes the axes: the time below, and for each series the values in its colour, in turn
 * on the left and on the right, as many as there is room for.
 */
function makeAxes(
  series: readonly Series[],
  theme: Theme,
  width: number,
): uPlot.Axis[] {
  const font = `${theme.fontSize}px system-ui, sans-serif`;
  const grid = { stroke: theme.line, width: 1 };
  const room = Math.floor((MOST_WIDTH * width) / (AXIS_EMS * theme.fontSize));
  // Charts below each other are to begin at the same place.
  const least = series.length === 1 ? 5 : 2;
  const time: uPlot.Axis = {
    ...{ stroke: theme.text, font, grid, ticks: grid },
    size: 2.4 * theme.fontSize,
    space: 8 * theme.fontSize,
    values: (_plot, times, _axis, _space, step) =>
      times.map((time) => timeLabel(time, step)),
  };
  const values = series.map(({ style }, index): uPlot.Axis => ({
    scale: `y${index}`,
    space: 2.5 * theme.fontSize,
    show: index < Math.max(1, room),
    side: index % 2 === 0 ? 3 : 1,
    stroke: theme.colors[style]!,
    font,
    ticks: grid,
    grid: { ...grid, show: index === 0 },
    size: (_plot, labels) => {
      const longest = Math.max(
        least,
        ...labels?.map(({ length }) => length) ?? [],
      );
      return (longest * DIGIT_EMS + 1.6) * theme.fontSize;
    },
    values: (_plot, splits) => splits.map((value) => shortNumber(value)),
  }));
  return [time, ...values];
}

/** A time as exactly as the steps between labels ask for. */
function timeLabel(time: number, step: number): string {
  const text = localTime(Math.round(time * 1000));
  if (step < SECOND) return text.slice(11, 23);
  if (step < MINUTE) return text.slice(11, 19);
  return step < DAY ? text.slice(11, 16) : text.slice(0, 10);
}

/** Steps such as 0.1 add up to 0.30000000000000004. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(10)));
}

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

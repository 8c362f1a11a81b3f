import type uPlot from "uplot";
import { timeFormatter } from "../../../../lib/recording/local_time.ts";
import type { Series } from "../charts.ts";
import type { Theme } from "./series_style.ts";

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
export function makeAxes(
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
    space: 6 * theme.fontSize,
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

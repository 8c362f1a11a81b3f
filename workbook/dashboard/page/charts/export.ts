import { fieldOf, rowOf } from "../../../../lib/recording/csv_rows.ts";
import { timeFormatter } from "../../../../lib/recording/local_time.ts";
import type { Series } from "../charts.ts";
import type { Drawn } from "./chart_data.ts";
import { DASHES, seriesName, type Theme } from "./series_style.ts";
import type { Range } from "./sight.ts";

/** What is written of a series. */
interface ExportedSeries {
  topic: string;
  /** Where in the payload the number is; `$` is all of it. */
  path: string;
  points: Drawn;
}

/**
 * Writes the values of a stretch of time as `CsvRecorder` does: rows `time,topic,value`
 * without a header, in the order of time, which `readReadings` reads. Gaps are left out.
 * A number inside JSON has its path after the topic, `iot/room $.value`.
 */
export function exportCsv(
  series: readonly ExportedSeries[],
  { from, to }: Range,
): string {
  const format = timeFormatter("local");
  const rows: { time: number; topic: string; value: number }[] = [];
  for (const { topic, path, points } of series) {
    const field = fieldOf(path === "$" ? topic : `${topic} ${path}`);
    points.times.forEach((time, index) => {
      const value = points.values[index]!;
      if (value === null || time < from || time > to) return;
      rows.push({ time, topic: field, value });
    });
  }
  rows.sort((a, b) => a.time - b.time);
  return rows.map(({ time, topic, value }) =>
    rowOf(format(Math.round(time * 1000)), topic, String(value))
  ).join("");
}

/** Sizes in letters' heights. */
const LINE = 1.8;
const SAMPLE = 3;

/** Draws charts one below the other, and which line is which below them. */
export async function exportPng(
  canvases: readonly HTMLCanvasElement[],
  series: readonly Series[],
  theme: Theme,
): Promise<Blob> {
  const em = theme.fontSize * devicePixelRatio;
  const height = canvases.reduce((sum, { height }) => sum + height, 0);
  const image = document.createElement("canvas");
  image.width = Math.max(...canvases.map(({ width }) => width));
  image.height = height + (series.length + 0.5) * LINE * em;
  const context = image.getContext("2d")!;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, image.width, image.height);
  let top = 0;
  for (const canvas of canvases) {
    context.drawImage(canvas, 0, top);
    top += canvas.height;
  }
  context.font = `${em}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.lineWidth = 2 * devicePixelRatio;
  for (const one of series) {
    const middle = top + (LINE * em) / 2;
    context.strokeStyle = theme.colors[one.style]!;
    context.setLineDash(
      DASHES[one.style]!.map((length) => length * devicePixelRatio),
    );
    context.beginPath();
    context.moveTo(em, middle);
    context.lineTo((1 + SAMPLE) * em, middle);
    context.stroke();
    context.fillStyle = theme.text;
    context.fillText(seriesName(one), (2 + SAMPLE) * em, middle);
    top += LINE * em;
  }
  return await new Promise((resolve, reject) =>
    image.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error("Cannot make a picture"))
    )
  );
}

/** Long enough for a browser to begin to save, in milliseconds. */
const KEPT = 60_000;

/** Saves something as a file, as a click on a link would. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

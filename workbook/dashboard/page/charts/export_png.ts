import type { Series } from "../charts.ts";
import { DASHES, seriesName, type Theme } from "./series_style.ts";

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

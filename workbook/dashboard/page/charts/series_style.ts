import { printable } from "../../../../lib/printable.ts";
import type { SeriesRequest } from "../../protocol.ts";
import { html, type VNode } from "../view.ts";

/** Dashes and gaps, by a series' style: they tell lines apart without colours. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [10, 4],
  [2, 3],
  [12, 3, 2, 3],
  [5, 5],
  [18, 4],
  [8, 3, 2, 3, 2, 3],
  [2, 7],
];

/** What charts are drawn with on a canvas, which knows no style sheet. */
export interface Theme {
  text: string;
  line: string;
  background: string;
  /** The height of a letter, in pixels. */
  fontSize: number;
  /** By a series' style. */
  colors: string[];
}

/** Reads the colours and the size of the text from the style sheet. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read("--chart-text"),
    line: read("--chart-grid"),
    background: read("--chart-background"),
    fontSize: 0.8 * parseFloat(style.fontSize),
    colors: DASHES.map((_, index) => read(`--series-${index}`)),
  };
}

/** A series' name as printable text: its topic, and its path, if it has one. */
export function seriesName({ topic, path }: SeriesRequest): string {
  return printable(path === "$" ? topic : `${topic} ${path}`);
}

/** Writes a value as short as it is told apart from its neighbours on a screen. */
export function valueText(value: number): string {
  return String(Number(value.toPrecision(7)));
}

/** The colour of a series, as an attribute `style`. */
export function colorOf(style: number): { color: string } {
  return { color: `var(--series-${style})` };
}

/** A piece of a series' line, for tables. */
export function LineSample({ style }: { style: number }): VNode {
  return html`
    <svg class="line-sample" style=${colorOf(style)} viewBox="0 0 48 8"
      aria-hidden="true">
      <line x1="0" y1="4" x2="48" y2="4" stroke-dasharray="${DASHES[style]!
        .join(" ")}" />
    </svg>
  ` as VNode;
}

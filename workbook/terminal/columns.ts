import { printable } from "../../lib/printable.ts";
import { displayWidth, wrap } from "./wrap.ts";

const SPACE = "  ";
const NARROWEST = 4;

/**
 * Lays rows of cells out in columns: the first flush left, the others right. What a
 * cell holds may be a stranger's, such as a topic.
 *
 * @param width How wide a line may be: then the first column is broken into lines.
 */
export function columns(
  cells: readonly (readonly string[])[],
  width = Infinity,
): string[] {
  const rows = cells.map((row) => row.map(printable));
  const [widest = 0, ...others] = widthsOf(rows);
  const first = Math.max(NARROWEST, Math.min(widest, width - sumOf(others)));
  return rows.flatMap(([head = "", ...figures]) => {
    const [begin = "", ...more] = wrap(head, first);
    const line = figures.reduce(
      (text, cell, index) => text + SPACE + fill(cell, others[index]!) + cell,
      begin + fill(begin, first),
    );
    return [line.trimEnd(), ...more];
  });
}

/** How wide all columns but the first are, with the blanks before each. */
export function widthOfFigures(rows: readonly (readonly string[])[]): number {
  return sumOf(widthsOf(rows).slice(1));
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
    });
  }
  return widths;
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + SPACE.length + width, 0);
}

/** The blanks that a cell lacks. */
function fill(cell: string, width: number): string {
  return " ".repeat(width - displayWidth(cell));
}

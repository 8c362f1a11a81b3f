import { progressBar } from "../terminal/progress_bar.ts";
import { wrap } from "../terminal/wrap.ts";

/** What a screen shows. */
export interface Screen {
  /** What the exercise is called. */
  heading: string;
  /** The student's files. */
  files: string[];
  /** How many exercises are solved, and how many there are. */
  solved: number;
  total: number;
  /** A line for each requirement. */
  results: string[];
  /** What comes below them: a report, a hint, or what to do. */
  text: string;
  /** Stands at the end if there is no room for all of it. */
  rest: string;
}

// Lines aren't broken at the blanks after colons, which are no-break spaces.
const KEYS = "h:\u00a0hint   n:\u00a0next   p:\u00a0previous   q:\u00a0quit";

/**
 * Lays a screen out. The keys are always in view; what has no room is cut.
 *
 * @param screen What to show.
 * @param size The terminal's size.
 * @returns At most as many lines as the terminal has.
 */
export function layOut(
  { heading, files, solved, total, results, text, rest }: Screen,
  { columns, rows }: { columns: number; rows: number },
): string[] {
  const bar = `${
    progressBar(solved, total, Math.min(20, columns >> 2))
  } solved`;
  const top = [
    ...wrap(heading, columns),
    ...wrap(bar, columns),
    ...files.flatMap((file) => wrap(file, columns)),
    "",
  ];
  const middle = results.flatMap((result) => wrap(result, columns, 2));
  const bottom = text.split("\n").flatMap((line) => wrap(line, columns));
  const keys = wrap(KEYS, columns);
  // The results leave at least half of the room to the text, if it needs that.
  const room = rows - top.length - keys.length - 2;
  const most = Math.max(room - bottom.length, room >> 1);
  const shown = [...top, ...cut(middle, most, "…"), ""];
  const left = rows - shown.length - keys.length - 1;
  shown.push(...cut(bottom, left, wrap(rest, columns)[0]!));
  const gap = Array(Math.max(0, rows - shown.length - keys.length)).fill("");
  return [...shown, ...gap].slice(0, Math.max(0, rows - keys.length))
    .concat(keys).slice(-rows);
}

/** The first lines of many, and a last one that says that there are more. */
function cut(lines: string[], most: number, more: string): string[] {
  if (lines.length <= most) return lines;
  return most < 1 ? [] : [...lines.slice(0, most - 1), more];
}

import { progressBar } from "../terminal/terminal.ts";
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
  /** What goes on, in a few words; empty if nothing does. */
  note: string;
  /** What there is to say, line by line, the most important first. */
  body: string[];
  /** Which part of it is shown if there isn't room for all, from 0. */
  page: number;
}

// Lines aren't broken at the blanks after colons, which are no-break spaces.
const KEYS =
  "h:\u00a0hint   a:\u00a0all   n:\u00a0next   p:\u00a0previous   q:\u00a0quit";

/**
 * Lays a screen out. The keys are always in view; what has no room is cut from
 * the end, and the key "a" turns the page.
 *
 * @param screen What to show.
 * @returns As many lines as the terminal has.
 */
export function layOut(
  { heading, files, solved, total, note, body, page }: Screen,
  { columns, rows }: { columns: number; rows: number },
): string[] {
  const bar = `${
    progressBar(solved, total, Math.min(20, columns >> 2))
  } solved${note && ". "}${note}`;
  const top = [
    ...wrap(heading, columns),
    ...wrap(bar, columns),
    ...files.flatMap((file) => wrap(file, columns)),
    "",
  ];
  const lines = body.flatMap((line) => wrap(line, columns, 2));
  const keys = wrap(KEYS, columns);
  const shown = [
    ...top,
    ...pageOf(lines, page, {
      room: rows - top.length - keys.length - 1,
      columns,
    }),
  ];
  const gap = Array(Math.max(0, rows - shown.length - keys.length)).fill("");
  return [...shown, ...gap].slice(0, Math.max(0, rows - keys.length))
    .concat(keys).slice(-rows);
}

/** As many lines as there is room for, and a last one that says what is left. */
function pageOf(
  lines: readonly string[],
  page: number,
  { room, columns }: { room: number; columns: number },
): string[] {
  if (lines.length <= room) return [...lines];
  const size = Math.max(1, room - 1);
  const start = page % Math.ceil(lines.length / size) * size;
  const part = lines.slice(start, start + size);
  const left = lines.length - start - part.length;
  const rest = left > 0
    ? `… ${left} more lines: press a`
    : "… The end: press a for the beginning";
  return room < 1 ? [] : [...part, wrap(rest, columns)[0]!];
}

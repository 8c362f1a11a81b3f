import { displayWidth } from "../terminal/wrap.ts";

/** What a picture is made of, in pixels. */
const CELL = { width: 8.4, height: 20 };
const FONT_SIZE = 14;
const MARGIN = 16;

const BACKGROUND = "#0d1117";
const TEXT_COLOR = "#e6edf3";
const PROMPT_COLOR = "#7ee787";
const BAR_COLOR = "#56d4dd";

/** The bars of a sparkline, the least first. Fonts draw them differently. */
const BARS = "▁▂▃▄▅▆▇█";
const BAR = /[▁-█]/g;

/** Words that stand together: two blanks begin another column. */
const WORDS = /[^\s▁-█]+(?: [^\s▁-█]+)*/g;

/**
 * Draws a terminal's screen as an SVG image, with the screen's text in its
 * `desc`.
 *
 * @param typed The command that was typed.
 * @param lines What the terminal shows below it.
 */
export function drawScreen(typed: string, lines: readonly string[]): string {
  const prompt = `$ ${typed}`;
  const columns = Math.max(...[prompt, ...lines].map(displayWidth));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = (lines.length + 1) * CELL.height + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
  <title>${escapeText(typed)}</title>
  <desc>
${escapeText(lines.join("\n"))}
  </desc>
  <rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}" />
  <g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT_SIZE}" fill="${TEXT_COLOR}">
    ${
    [
      `<g fill="${PROMPT_COLOR}">${drawText(prompt, 0)}</g>`,
      ...lines.flatMap(drawLine),
    ].join("\n    ")
  }
  </g>
</svg>
`;
}

/** The lines of a screen that {@linkcode drawScreen} has drawn. */
export function readScreen(svg: string): string[] {
  const [, text = ""] = /<desc>\r?\n([^]*?)\r?\n *<\/desc>/.exec(svg) ?? [];
  return text.replaceAll("&lt;", "<").replaceAll("&amp;", "&").split(/\r?\n/);
}

function drawLine(line: string, index: number): string[] {
  const row = index + 1;
  const bars = Array.from(line.matchAll(BAR), ({ 0: bar, index }) => {
    const level = (BARS.indexOf(bar) + 1) / BARS.length;
    return drawBar(columnAt(line, index), row, level);
  }).join("");
  return [
    ...drawText(line, row),
    ...bars === "" ? [] : [`<path fill="${BAR_COLOR}" d="${bars}" />`],
  ];
}

/** Each word begins in its column, whatever font there is. */
function drawText(line: string, row: number): string[] {
  const y = round(MARGIN + (row + 0.75) * CELL.height);
  return Array.from(line.matchAll(WORDS), ({ 0: words, index }) => {
    const x = round(MARGIN + columnAt(line, index) * CELL.width);
    const length = round(displayWidth(words) * CELL.width);
    return `<text x="${x}" y="${y}" textLength="${length}">${
      escapeText(words)
    }</text>`;
  });
}

/** The column of what begins at an index: a Korean letter takes two. */
function columnAt(line: string, index: number): number {
  return displayWidth(line.slice(0, index));
}

function drawBar(column: number, row: number, level: number): string {
  const x = round(MARGIN + column * CELL.width);
  const y = round(MARGIN + (row + 0.9) * CELL.height);
  const height = round(level * 0.8 * CELL.height);
  return `M${x} ${y}v-${height}h${round(CELL.width - 1)}v${height}z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

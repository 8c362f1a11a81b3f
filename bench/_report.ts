import { formatNumber, TOOLKIT } from "./_rounds.ts";
import type { Result } from "./_results.ts";
import { escapeHtml } from "../workbook/report/escape_html.ts";

const HEADER = ["", "median", "unit", "toolkit / it", "in the rounds", "lost"];
/** Columns with text are aligned to the left, those with figures to the right. */
const LEFT = new Set([0, 2]);

/** The results as an aligned table: a measurement's title, then who took part. */
export function formatTable(results: readonly Result[]): string {
  const blocks = results.map((result) => ({ result, rows: rowsOf(result) }));
  const all = [HEADER, ...blocks.flatMap(({ rows }) => rows)];
  const widths = HEADER.map((_, column) =>
    Math.max(...all.map((row) => row[column]!.length))
  );
  const align = (row: readonly string[]) =>
    row.map((cell, column) =>
      LEFT.has(column)
        ? cell.padEnd(widths[column]!)
        : cell.padStart(widths[column]!)
    ).join("  ").trimEnd();
  const lines = blocks.flatMap(({ result, rows }) => [
    "",
    `${result.name}: ${result.title}`,
    ...rows.map(align),
    ...result.leftOut.map(({ name, missing }) =>
      `  ${name}: left out, ${missing.join(" and ")} not installed`
    ),
    ...result.failures.map((failure) => `  failed: ${failure}`),
  ]);
  return [align(HEADER), ...lines].join("\n");
}

function rowsOf({ contestants, unit }: Result): string[][] {
  return contestants.map(({ name, median, lost, ...ratios }) => {
    const { toolkitRatio, roundRatios = [] } = ratios;
    return [
      `  ${name}`,
      median === null ? "failed" : formatNumber(median),
      unit,
      toolkitRatio === undefined ? "" : toolkitRatio.toFixed(2),
      roundRatios.length === 0
        ? ""
        : `${Math.min(...roundRatios).toFixed(2)}–${
          Math.max(...roundRatios).toFixed(2)
        }`,
      lost > 0 ? formatNumber(lost) : "",
    ];
  });
}

/** What the toolkit had to reach and what it reached, a line each. */
export function formatGoals(results: readonly Result[]): string {
  const lines = results.flatMap(({ name, goals }) =>
    goals.map((goal) => {
      const what = `  ${name}: ${TOOLKIT} / ${goal.peer}`;
      return `${what} ${verdict(goal)}`;
    })
  );
  return lines.length === 0 ? "" : ["Goals", ...lines].join("\n");
}

function verdict(goal: Result["goals"][number]): string {
  const { ratio } = goal;
  if (ratio === null) return "was not measured";
  if ("most" in goal) {
    return `is ${ratio.toFixed(2)}: at most ${goal.most} ${
      ratio > goal.most ? "MISSED" : "met"
    }`;
  }
  const { least, aim } = goal;
  const aimed = aim === undefined
    ? ""
    : `, aim ${aim} ${ratio < aim ? "not reached" : "reached"}`;
  return `is ${ratio.toFixed(2)}: at least ${least} ${
    ratio < least ? "MISSED" : "met"
  }${aimed}`;
}

/** In pixels. */
const WIDTH = 760;
const ROW = 20;
const TOP = 64;
const BOTTOM = 44;
const LABELS = 290;
const RIGHT = 20;

/** The ratios that have a line. */
const LINES = [0.25, 0.5, 1, 2, 4, 8, 16, 32];
const [LOWEST, HIGHEST] = [0.2, 40];

/** The peers by how they are drawn: a colour and a shape around (0, 0). */
const PEERS = new Map<string, { color: string; shape: string }>([
  ["MQTT.js", { color: "#0033a0", shape: "M-5 -5h10v10h-10z" }],
  ["paho", { color: "#a03000", shape: "M0 -6L6 5H-6z" }],
  ["mosquitto", { color: "#007a50", shape: "M0 -6L6 0L0 6L-6 0z" }],
]);

/**
 * Draws a run as an SVG image: how many times as good the toolkit was as each peer, a
 * row for each measurement. On the right of 1 it was better; of times, less is better.
 */
export function drawChart(results: readonly Result[]): string {
  const rows = results.map((result) => ({
    name: result.name,
    points: pointsOf(result),
  })).filter(({ points }) => points.length > 0);
  const height = TOP + rows.length * ROW + BOTTOM;
  const bottom = height - BOTTOM;
  const lines = LINES.map((ratio) =>
    `<path stroke="${ratio === 1 ? "#333" : "#ddd"}" d="M${
      x(ratio)
    } ${TOP}V${bottom}"/>` +
    `<text x="${x(ratio)}" y="${
      bottom + 18
    }" text-anchor="middle">${ratio} ×</text>`
  );
  const legend = [...PEERS].map(([name, peer], index) =>
    `${mark(peer, LABELS + 8 + index * 140, 42)}<text x="${
      LABELS + 22 + index * 140
    }" y="47">toolkit / ${name}</text>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<g font-family="system-ui, sans-serif" font-size="13" fill="#222">`,
    `<text x="12" y="22" font-weight="bold">How many times as good the toolkit is as each: right of 1 it is better</text>`,
    ...legend,
    ...lines,
    ...rows.flatMap(({ name, points }, index) => {
      const y = TOP + (index + 0.5) * ROW;
      return [
        `<text x="12" y="${y + 4}">${escapeHtml(name)}</text>`,
        ...points.map(({ peer, ratio }) => mark(peer, x(ratio), y)),
      ];
    }),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** What is drawn of a measurement: its peers by their first words. */
function pointsOf({ contestants, unit }: Result) {
  const isTime = unit === "ms" || unit === "µs";
  return [...PEERS].flatMap(([name, peer]) => {
    const found = contestants.find((one) =>
      one.name.startsWith(name) && one.toolkitRatio !== undefined
    );
    const ratio = found?.toolkitRatio;
    if (ratio === undefined) return [];
    return [{ peer, ratio: isTime ? 1 / ratio : ratio }];
  });
}

function mark(
  { color, shape }: { color: string; shape: string },
  x: number,
  y: number,
): string {
  return `<path fill="${color}" d="${shape}" transform="translate(${x} ${y})"/>`;
}

function x(ratio: number): number {
  const within = Math.min(HIGHEST, Math.max(LOWEST, ratio));
  const share = Math.log(within / LOWEST) / Math.log(HIGHEST / LOWEST);
  return Math.round((LABELS + share * (WIDTH - LABELS - RIGHT)) * 10) / 10;
}

import { TOOLKIT } from "./_measurement.ts";
import type { Result } from "./_results.ts";
import { formatNumber } from "./_rounds.ts";

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
  return contestants.map(({ name, median, lost, toolkitRatio }) => {
    const { ofMedians, perRound } = toolkitRatio ?? { perRound: [] };
    return [
      `  ${name}`,
      median === null ? "failed" : formatNumber(median),
      unit,
      ofMedians === undefined ? "" : ofMedians.toFixed(2),
      perRound.length === 0
        ? ""
        : `${Math.min(...perRound).toFixed(2)}–${
          Math.max(...perRound).toFixed(2)
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

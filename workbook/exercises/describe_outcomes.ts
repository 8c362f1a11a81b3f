import { type Score, scoreOf } from "./check_exercise.ts";
import { printable, printableLines } from "../../lib/printable.ts";
import type { Outcome } from "../checking/requirement.ts";

const MARKS = { passed: "✓", failed: "✗", skipped: "–" };

/** A requirement and how it came out, in a line. */
export function describeOutcome(
  { requirement, state, report }: Outcome,
): string {
  const reason = state === "skipped" ? ` (${report})` : "";
  return printable(`${MARKS[state]} ${requirement.words}${reason}`);
}

/** What a student should read about the requirements that failed, so far. */
export function describeFailures(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ state }) => state === "failed")
    .map(({ report }) => printableLines(`${MARKS.failed} ${report}`));
}

/** The scores of what is required and of what is extra, a line each. */
export function describeScores(outcomes: readonly Outcome[]): string[] {
  const required = scoreOf(outcomes, false);
  const extra = scoreOf(outcomes, true);
  return [
    `Required: ${describeScore(required)}`,
    ...extra.total === 0 ? [] : [`Extra: ${describeScore(extra)}`],
  ];
}

function describeScore({ passed, skipped, total }: Score): string {
  const others = skipped === 0 ? "" : `, ${skipped} skipped`;
  return `${passed} of ${total} passed${others}`;
}

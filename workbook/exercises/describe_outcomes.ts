/**
 * What a student reads of a check: the cause first, and each thing once.
 *
 * @module
 */
import { printable, printableLines } from "../../lib/printable.ts";
import { type Score, scoreOf } from "./check_exercise.ts";
import type { Finding } from "../checking/finding.ts";
import type { Outcome } from "../checking/requirement.ts";

const MARKS = { passed: "✓", failed: "✗", skipped: "–" };

/** More than these aren't read at once. */
const MOST_CAUSES = 3;

/** One mistake often leads to many: the first ones tell. */
const MOST_TYPE_ERRORS = 2;

/** A requirement and how it came out, in a line. */
export function describeOutcome(
  { requirement, state, report }: Outcome,
): string {
  const reason = state === "skipped" ? ` (${report})` : "";
  return printable(`${MARKS[state]} ${requirement.words}${reason}`);
}

/**
 * What is wrong, the most important first, and each once: an error in the types
 * and the error that it leads to are one.
 *
 * @param outcomes How the requirements came out, so far.
 * @param typeErrors What a check of the types has found.
 */
export function causesOf(
  outcomes: readonly Outcome[],
  typeErrors: readonly Finding[],
): Finding[] {
  const seen = new Map<string, Finding>();
  const extra = new Set<Finding>();
  for (const { finding, requirement, state } of outcomes) {
    if (state !== "failed" || !finding) continue;
    // Several requirements may fail for one known mistake.
    const { isOfRequirement, quote = [], words } = finding;
    const key = isOfRequirement && quote.length > 1 ? quote[0]! : words;
    if (seen.has(key)) continue;
    seen.set(key, finding);
    if (requirement.extra) extra.add(finding);
  }
  // Where one and the same line is wrong, what the types say of it is enough.
  const places = new Set(typeErrors.map(({ place }) => place));
  const others = [...seen.values()].filter(({ place }) =>
    place === undefined || !places.has(place)
  );
  const isSame = others.length < seen.size;
  const strong = typeErrors.filter(({ isWeak }) => !isWeak || isSame);
  const weak = typeErrors.filter((error) => !strong.includes(error));
  const rank = (finding: Finding) =>
    (extra.has(finding) ? 3 : 0) +
    (finding.isFatal ? 0 : finding.isOfRequirement ? 2 : 1);
  others.sort((one, other) => rank(one) - rank(other));
  return [...strong.slice(0, MOST_TYPE_ERRORS), ...others, ...weak];
}

/** Says what is wrong, the most important first, in a few lines. */
export function describeCauses(causes: readonly Finding[]): string[] {
  const lines = causes.slice(0, MOST_CAUSES).flatMap((
    { words, quote = [] },
  ) => [
    `${MARKS.failed} ${printable(words)}`,
    ...quote.map((line) => `    ${printable(line)}`),
  ]);
  const more = causes.length - MOST_CAUSES;
  return more > 0 ? [...lines, `  … and ${more} more`] : lines;
}

/** Whether a program got nowhere, so that no requirement could be checked. */
export function isNothingChecked(outcomes: readonly Outcome[]): boolean {
  const tried = outcomes.filter(({ state }) => state !== "skipped");
  return tried.length > 0 &&
    tried.every(({ state, finding }) =>
      state === "failed" && finding?.isFatal === true
    );
}

/**
 * The requirements that couldn't be checked, for one and the same cause: one of
 * several programs got nowhere.
 */
export function uncheckedOf(outcomes: readonly Outcome[]): Outcome[] {
  const dead = outcomes.filter(({ state, finding }) =>
    state === "failed" && finding?.isFatal
  );
  return dead.filter((one) =>
    dead.some((other) =>
      other !== one && other.finding?.words === one.finding?.words
    )
  );
}

/** Says in a line which requirements couldn't be checked, if there are any. */
export function describeUnchecked(unchecked: readonly Outcome[]): string[] {
  if (unchecked.length === 0) return [];
  const required = scoreOf(unchecked, false).total;
  const extra = scoreOf(unchecked, true).total;
  return [
    `Nothing could be checked: ${required} required` +
    (extra === 0 ? "" : `, ${extra} extra`),
  ];
}

/** What a report says of the cause, as the end of one of the lines above. */
const CAUSE = /^It looks like this: (.*)\n\n/m;

/**
 * What a student should read about the requirements that failed, so far. What was
 * seen of the same cause twice is told once.
 *
 * @param above What stands above: a cause that is there isn't told again.
 */
export function describeFailures(
  outcomes: readonly Outcome[],
  above: readonly string[] = [],
): string[] {
  const told = new Set<string>();
  const unchecked = uncheckedOf(outcomes);
  return outcomes
    .filter((one) => one.state === "failed" && !unchecked.includes(one))
    .map(({ report, finding }) => {
      const isTold = finding !== undefined && told.has(finding.words);
      if (finding !== undefined) told.add(finding.words);
      const text = isTold
        ? `${report.split("\nSeen: ")[0]}\nThe cause is the same as above.`
        : report.replace(
          CAUSE,
          (all, words) => above.some((line) => line.endsWith(words)) ? "" : all,
        );
      return printableLines(`${MARKS.failed} ${text}`);
    });
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

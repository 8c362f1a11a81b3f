import {
  causesOf,
  describeCauses,
  describeFailures,
  describeOutcome,
  describeScores,
  describeUnchecked,
  isNothingChecked,
  uncheckedOf,
} from "./describe_outcomes.ts";
import type { Finding } from "../checking/finding.ts";
import type { Outcome } from "../checking/requirement.ts";

/**
 * All that `deno task check` prints of an exercise below its heading: the causes
 * first, then how each requirement came out, then why, and the scores at last.
 *
 * @param outcomes How the requirements came out, in order.
 * @param typeErrors What a check of the types has found.
 */
export function resultLines(
  outcomes: readonly Outcome[],
  typeErrors: readonly Finding[],
): string[] {
  const causes = describeCauses(causesOf(outcomes, typeErrors));
  const top = causes.length === 0 ? [] : [...causes, ""];
  if (isNothingChecked(outcomes)) {
    return [...top, ...describeUnchecked(outcomes), ""];
  }
  const unchecked = uncheckedOf(outcomes);
  const part = (heading: string, isExtra: boolean) => {
    const lines = outcomes
      .filter((outcome) => !unchecked.includes(outcome))
      .filter(({ requirement }) => (requirement.extra ?? false) === isExtra)
      .map((outcome) => `  ${describeOutcome(outcome)}`);
    return lines.length === 0 ? [] : [heading, ...lines];
  };
  return [
    ...top,
    ...part("Required", false),
    ...part("Extra", true),
    ...describeUnchecked(unchecked),
    ...describeFailures(outcomes, causes).flatMap((failure) => ["", failure]),
    "",
    ...describeScores(outcomes),
    "",
  ];
}

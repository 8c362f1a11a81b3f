/**
 * The median: half of the values are no larger, half are no smaller. One run
 * that the machine disturbed doesn't move it, as it would the mean.
 *
 * @throws {RangeError} If there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Median of no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** How one contestant did compared with another. */
export interface Comparison {
  /** The ratio of the two medians. */
  ofMedians: number;
  /** The ratio in each round that both finished, in the order of the rounds. */
  perRound: number[];
}

/**
 * Compares two contestants of the same rounds, `undefined` being a round that
 * one of them did not finish.
 *
 * @returns The ratios, or `undefined` if no round was finished by both.
 * @throws {RangeError} If they did not take part in the same number of rounds.
 */
export function compare(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): Comparison | undefined {
  if (ours.length !== theirs.length) {
    throw new RangeError(
      `Rounds are ${ours.length} and ${theirs.length}: they must be as many`,
    );
  }
  const pairs = ours.flatMap((our, round) => {
    const their = theirs[round];
    return our === undefined || their === undefined ? [] : [[our, their]];
  }) as [number, number][];
  if (pairs.length === 0) return undefined;
  return {
    ofMedians: median(pairs.map(([our]) => our)) /
      median(pairs.map(([, their]) => their)),
    perRound: pairs.map(([our, their]) => our / their),
  };
}

import { type Bucket, joinMeans } from "./bounded_series.ts";
import type { TopicSummary } from "./topic_summary.ts";

/** A time from its beginning to its end, in milliseconds since 1970. */
export interface Period {
  from: number;
  to: number;
}

/**
 * The curve of a topic in parts: between two of them lies a gap, in which nothing
 * must be drawn.
 */
export function partsOf({ series, pauses }: TopicSummary): Bucket[][] {
  const limit = pauses.limit();
  const parts: Bucket[][] = [];
  let last: Bucket | undefined;
  for (const bucket of series.buckets()) {
    if (last !== undefined && bucket.from - last.to <= limit) {
      parts.at(-1)!.push(bucket);
    } else parts.push([bucket]);
    last = bucket;
  }
  return parts;
}

/**
 * The curve of a topic as so many means, one after the other in time.
 *
 * @param summary The topic.
 * @param period The time that they cover.
 * @param count How many there are.
 * @returns The means; where none is, nothing was measured.
 */
export function meansOf(
  summary: TopicSummary,
  period: Period,
  count: number,
): (number | undefined)[] {
  const span = period.to - period.from || 1;
  const placeOf = (time: number) =>
    Math.min(count - 1, Math.floor((time - period.from) / span * count));
  const means: ({ count: number; mean: number } | undefined)[] = [];
  for (const part of partsOf(summary)) {
    let last = placeOf(part[0]!.from);
    for (const bucket of part) {
      const place = placeOf(bucket.to);
      // Between two readings without a gap, the first one holds.
      for (let held = last + 1; held < place; held++) means[held] = means[last];
      const there = means[place];
      means[place] = {
        count: (there?.count ?? 0) + bucket.count,
        mean: there === undefined ? bucket.mean : joinMeans(there, bucket),
      };
      last = place;
    }
  }
  return Array.from({ length: count }, (_, place) => means[place]?.mean);
}

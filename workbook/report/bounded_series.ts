/** How many buckets there are at most. */
export const MOST_BUCKETS = 512;

/** What is known of the values of a part of the time. */
export interface Bucket {
  /** The times of its first and its last value, in milliseconds since 1970. */
  from: number;
  to: number;
  count: number;
  mean: number;
  least: number;
  greatest: number;
}

/**
 * Values over time in bounded memory, to draw a curve of: where they would fill more
 * than 512 buckets, two neighbours become one, and keep their least and their
 * greatest value. Values may come in any order.
 */
export class BoundedSeries {
  /** By their number: how many widths they lie after 1970. */
  #buckets = new Map<number, Bucket>();
  /** In milliseconds, a power of two. */
  #width = 1;
  #first = Infinity;
  #last = -Infinity;

  /** Takes a value into account, at a time in milliseconds since 1970. */
  add(time: number, value: number): void {
    this.#first = Math.min(this.#first, time);
    this.#last = Math.max(this.#last, time);
    while (
      this.#numberOf(this.#last) - this.#numberOf(this.#first) >= MOST_BUCKETS
    ) {
      this.#widen();
    }
    const number = this.#numberOf(time);
    const one = {
      from: time,
      to: time,
      count: 1,
      mean: value,
      least: value,
      greatest: value,
    };
    const there = this.#buckets.get(number);
    if (there === undefined) this.#buckets.set(number, one);
    else merge(there, one);
  }

  /** The buckets that hold something, in the order of time. */
  buckets(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => a.from - b.from);
  }

  #numberOf(time: number): number {
    return Math.floor(time / this.#width);
  }

  #widen(): void {
    this.#width *= 2;
    const wider = new Map<number, Bucket>();
    for (const bucket of this.#buckets.values()) {
      const number = this.#numberOf(bucket.from);
      const there = wider.get(number);
      if (there === undefined) wider.set(number, bucket);
      else merge(there, bucket);
    }
    this.#buckets = wider;
  }
}

/** Adds what is known of others to a bucket. */
function merge(bucket: Bucket, more: Readonly<Bucket>): void {
  bucket.from = Math.min(bucket.from, more.from);
  bucket.to = Math.max(bucket.to, more.to);
  bucket.mean = joinMeans(bucket, more);
  bucket.count += more.count;
  bucket.least = Math.min(bucket.least, more.least);
  bucket.greatest = Math.max(bucket.greatest, more.greatest);
}

/** How many values there are, and their mean. */
type Mean = Pick<Bucket, "count" | "mean">;

/** The mean of two groups of values. Halves keep a sum from being infinite. */
export function joinMeans(one: Mean, other: Mean): number {
  const share = other.count / (one.count + other.count);
  const half = other.mean / 2 - one.mean / 2;
  return one.mean + half * share + half * share;
}

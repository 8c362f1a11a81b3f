/** How many times the median pause a gap is longer than. */
export const GAP_FACTOR = 3;

/** Up to here, each length has a bucket of its own; above, 512 share an octave. */
const FINEST = 1024;

/** A pause between two rows, and when it began. */
interface Pause {
  /** In milliseconds. */
  length: number;
  /** In milliseconds since 1970. */
  from: number;
}

/** Pauses of about the same length. */
interface Bucket {
  count: number;
  /** All their lengths together. */
  total: number;
}

/**
 * The times between the rows of one topic, in bounded memory: what is said of their
 * lengths is exact up to a second, and right to 0.2 % above.
 */
export class Pauses {
  readonly #buckets = new Map<number, Bucket>();
  #count = 0;
  #longest: Pause | undefined;

  /** Takes a pause into account. */
  add(pause: Pause): void {
    const { length } = pause;
    const bucket = this.#buckets.get(numberOf(length));
    if (bucket === undefined) {
      this.#buckets.set(numberOf(length), { count: 1, total: length });
    } else {
      bucket.count++;
      bucket.total += length;
    }
    this.#count++;
    if (this.#longest === undefined || length > this.#longest.length) {
      this.#longest = pause;
    }
  }

  /** The longest one, the first of several; nothing if there was none. */
  get longest(): Pause | undefined {
    return this.#longest;
  }

  /** The median in milliseconds, the lower one of two; nothing if there was none. */
  median(): number | undefined {
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b);
    let passed = 0;
    for (const [, { count, total }] of buckets) {
      passed += count;
      if (2 * passed >= this.#count) return Math.round(total / count);
    }
    return undefined;
  }

  /**
   * What a gap is longer than, in milliseconds: three times the median, which
   * counts for a millisecond at least, since times are not read finer.
   */
  limit(): number {
    const median = this.median();
    return median === undefined ? Infinity : GAP_FACTOR * Math.max(median, 1);
  }

  /** How many of them are gaps. */
  gaps(): number {
    const limit = numberOf(this.limit());
    let gaps = 0;
    for (const [number, { count }] of this.#buckets) {
      if (number > limit) gaps += count;
    }
    return gaps;
  }
}

/** The number of the bucket for a length; longer ones have greater numbers. */
function numberOf(length: number): number {
  if (length < FINEST || length === Infinity) return length;
  const exponent = exponentOf(length);
  return exponent * FINEST / 2 + Math.floor(length / 2 ** exponent);
}

/** How often a length must be halved to be below `FINEST`. */
function exponentOf(length: number): number {
  return Math.floor(Math.log2(length)) - Math.log2(FINEST) + 1;
}

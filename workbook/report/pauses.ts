/** How many times the median pause a gap is longer than. */
export const GAP_FACTOR = 3;

/** Up to here, each length has a bucket of its own; above, 512 share an octave. */
const FINEST = 1024;

/** A pause between two rows, and when it began. */
export interface Pause {
  /** In milliseconds. */
  length: number;
  /** In milliseconds since 1970. */
  from: number;
}

/**
 * The times between the rows of one topic, in bounded memory: lengths are counted in
 * buckets, exact up to a second and to 0.2 % above.
 */
export class Pauses {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #longest: Pause | undefined;

  /** Takes a pause into account. */
  add(pause: Pause): void {
    const bucket = bucketOf(pause.length);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
    if (this.#longest === undefined || pause.length > this.#longest.length) {
      this.#longest = pause;
    }
  }

  /** The longest one, the first of several; nothing if there was none. */
  get longest(): Pause | undefined {
    return this.#longest;
  }

  /** The median in milliseconds, the lower one of two; nothing if there was none. */
  median(): number | undefined {
    const buckets = [...this.#counts].sort(([a], [b]) => a - b);
    let passed = 0;
    for (const [bucket, count] of buckets) {
      passed += count;
      if (2 * passed >= this.#count) return leastOf(bucket);
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
    const limit = bucketOf(this.limit());
    return [...this.#counts]
      .filter(([bucket]) => bucket > limit)
      .reduce((sum, [, count]) => sum + count, 0);
  }
}

function bucketOf(length: number): number {
  if (length < FINEST || length === Infinity) return length;
  const exponent = exponentOf(length);
  return exponent * FINEST / 2 + Math.floor(length / 2 ** exponent);
}

/** The shortest length that a bucket is for. */
function leastOf(bucket: number): number {
  if (bucket < FINEST) return bucket;
  const exponent = Math.floor(bucket / (FINEST / 2)) - 1;
  return (bucket - exponent * FINEST / 2) * 2 ** exponent;
}

/** How often a length must be halved to be below `FINEST`. */
function exponentOf(length: number): number {
  return Math.floor(Math.log2(length)) - Math.log2(FINEST) + 1;
}

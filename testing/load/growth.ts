/** What a process holds at one moment. */
export interface Holding {
  /** What it has in memory (VmRSS), in kB. */
  memory: number;
  /** How many sockets it has open. */
  sockets: number;
}

/** What was seen. */
export interface Watched {
  /** What it held at each look. */
  holdings: Holding[];
  /** What it used once its garbage was collected, warm and at the end, in bytes. */
  live: [first: number, last: number];
}

/** Until its code is compiled and its heap has its size, a program grows. */
export const WARM_UP = 0.2;
/** How much more live memory there may be at the end, in MB. */
export const MOST_MEGABYTES = 2;
const MEGABYTE = 2 ** 20;

/** First, least, most and last of one figure. */
interface Range {
  first: number;
  least: number;
  most: number;
  last: number;
}

/** How what a process holds has changed since it was warm. */
interface Growth {
  /** Memory that it has from the system, in MB. */
  memory: Range;
  /** Live memory in MB, warm and at the end. */
  live: [first: number, last: number];
  /** Open sockets. */
  sockets: Range;
  /** What is wrong, in lines; none if it didn't grow. */
  faults: string[];
}

/**
 * Tells whether a process grows. V8 takes more and more memory from the system
 * until it finds it worth while to collect the garbage, so what the system says
 * is only shown: it is what is live that mustn't grow.
 *
 * @param watched What it held, evenly over time.
 */
export function findGrowth({ holdings, live }: Watched): Growth {
  const warm = holdings.slice(Math.floor(holdings.length * WARM_UP));
  const memory = rangeOf(warm.map(({ memory }) => memory / 1024));
  const sockets = rangeOf(warm.map(({ sockets }) => sockets));
  const [first, last] = live.map((bytes) => bytes / MEGABYTE);
  const grown = last! - first!;
  const faults: string[] = [];
  if (grown > MOST_MEGABYTES) {
    faults.push(
      `Live memory grew by ${
        grown.toFixed(1)
      } MB, at most ${MOST_MEGABYTES} MB may be`,
    );
  }
  if (sockets.last > sockets.first) {
    faults.push(
      `Sockets grew from ${sockets.first} to ${sockets.last}: none may stay open`,
    );
  }
  return { memory, live: [first!, last!], sockets, faults };
}

function rangeOf(values: readonly number[]): Range {
  return {
    first: values[0]!,
    least: Math.min(...values),
    most: Math.max(...values),
    last: values.at(-1)!,
  };
}

/** A figure's range in words. */
export function describeRange(name: string, range: Range, unit = ""): string {
  const [first, least, most, last] = [
    range.first,
    range.least,
    range.most,
    range.last,
  ].map((value) => `${Math.round(value * 10) / 10}${unit}`);
  return `${name}: first ${first}, least ${least}, most ${most}, last ${last}`;
}

import { type Bucket, joinMeans } from "./bounded_series.ts";
import { escapeHtml } from "./escape_html.ts";
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

const WIDTH = 1000;
const HEIGHT = 240;
/** What is left free above the greatest value and below the least. */
const MARGIN = 10;

/** Where a time and a value lie in the chart. */
interface Scale {
  x(time: number): string;
  y(value: number): string;
}

/**
 * Draws a topic's values over time: the mean as a line, the least and the greatest
 * as a band, and gaps as bars. It has no words, as it is stretched to the page's
 * width, and they would be, too.
 *
 * @param topic The topic.
 * @param period The time that the chart covers.
 * @param label What it shows, for who doesn't see it.
 */
export function toSvg(
  topic: TopicSummary,
  period: Period,
  label: string,
): string {
  const parts = partsOf(topic);
  const scale = scaleOf(parts.flat(), period);
  const gaps = parts.slice(1).map((part, index) =>
    barPath(parts[index]!.at(-1)!.to, part[0]!.from, scale)
  );
  const grid = [MARGIN, HEIGHT / 2, HEIGHT - MARGIN]
    .map((y) => `M0 ${y}H${WIDTH}`);
  return [
    `<svg role="img" aria-label="${escapeHtml(label)}" ` +
    `viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">`,
    path("grid", grid),
    path("gap", gaps),
    path("band", parts.map((part) => bandPath(part, scale))),
    path("mean", parts.map((part) => meanPath(part, scale))),
    "</svg>",
  ].join("\n");
}

function path(name: string, commands: readonly string[]): string {
  return `<path class="${name}" d="${commands.join("")}"/>`;
}

function scaleOf(buckets: readonly Bucket[], { from, to }: Period): Scale {
  const least = Math.min(...buckets.map(({ least }) => least));
  const greatest = Math.max(...buckets.map(({ greatest }) => greatest));
  // Halves, as the whole span of the largest numbers would be infinite.
  const span = greatest / 2 - least / 2;
  const round = (length: number) => String(Math.round(length * 10) / 10);
  return {
    x: (time) =>
      round(from === to ? WIDTH / 2 : (time - from) / (to - from) * WIDTH),
    y: (value) => {
      const height = span === 0 ? 0.5 : (value / 2 - least / 2) / span;
      return round(HEIGHT - MARGIN - height * (HEIGHT - 2 * MARGIN));
    },
  };
}

function barPath(from: number, to: number, { x }: Scale): string {
  return `M${x(from)} 0H${x(to)}V${HEIGHT}H${x(from)}Z`;
}

function bandPath(part: readonly Bucket[], scale: Scale): string {
  const above = part.map((one) =>
    `${xOf(one, scale)} ${scale.y(one.greatest)}`
  );
  const below = part.map((one) => `${xOf(one, scale)} ${scale.y(one.least)}`);
  return `M${[...above, ...below.reverse()].join("L")}Z`;
}

function meanPath(part: readonly Bucket[], scale: Scale): string {
  const points = part.map((one) => `${xOf(one, scale)} ${scale.y(one.mean)}`);
  // A line without length shows as a dot, for its ends are round.
  return `M${points.join("L")}${points.length === 1 ? "h0" : ""}`;
}

function xOf({ from, to }: Bucket, { x }: Scale): string {
  return x((from + to) / 2);
}

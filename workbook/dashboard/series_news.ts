import type { KeptMessage, MessageLog } from "./message_log.ts";
import { numberAt, type NumberReader } from "./json_paths.ts";
import type { Outage, SeriesNews, SeriesRequest } from "./protocol.ts";
import type { Ring } from "./collections.ts";

/** A series that a page shows, and what it has been told of it. */
export interface FollowedSeries {
  request: SeriesRequest;
  read: NumberReader;
  /** How many of the topic's messages it has seen, `undefined` if none was asked for. */
  seen: number | undefined;
  /** The time of its last point. */
  last: number;
}

/** Follows a series that the page knows nothing of. */
export function followSeries(request: SeriesRequest): FollowedSeries {
  const read = numberAt(request.path)!;
  return { request, read, seen: undefined, last: -Infinity };
}

/**
 * What the page is told of a series next, and notes that it was told.
 *
 * @returns Nothing if nothing is new.
 */
export function seriesNews(
  series: FollowedSeries,
  messages: MessageLog,
  outages: Ring<Outage>,
): SeriesNews | undefined {
  if (messages.pushed === series.seen) return undefined;
  const { items, leftOut } = messages.since(series.seen ?? 0);
  const isStart = series.seen === undefined;
  series.seen = messages.pushed;
  const points = pointsOf(items, series, outages);
  if (points.times.length === 0 && !isStart) return undefined;
  return { key: series.request.key, isStart, ...points, leftOut };
}

/** The points of messages, with a gap wherever the connection was lost between two. */
function pointsOf(
  messages: readonly KeptMessage[],
  series: FollowedSeries,
  outages: Ring<Outage>,
): Pick<SeriesNews, "times" | "values"> {
  const times: number[] = [];
  const values: (number | null)[] = [];
  const gaps = outages.since(0).items.filter(({ from }) => from > series.last);
  for (const { time, payload } of messages) {
    const value = series.read(payload);
    if (value === undefined) continue;
    while (gaps.length > 0 && gaps[0]!.to <= time) {
      const { from } = gaps.shift()!;
      if (series.last === -Infinity || from <= series.last) continue;
      times.push(from);
      values.push(null);
    }
    times.push(time);
    values.push(value);
    series.last = time;
  }
  return { times, values };
}

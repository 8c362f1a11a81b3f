import { columns } from "../terminal/columns.ts";

/** What is known of the values of one topic. */
interface TopicStatistics {
  topic: string;
  count: number;
  mean: number;
  least: number;
  greatest: number;
  /** The last values, oldest first. */
  recent: readonly number[];
}

const RECENT = 24;
const BARS = "▁▂▃▄▅▆▇█";

/** Keeps count, mean, least and greatest value by topic, in constant memory. */
export class Statistics {
  readonly #topics = new Map<string, TopicStatistics>();

  /** Takes a value into account. */
  add(topic: string, value: number): void {
    const last = this.#topics.get(topic);
    const count = (last?.count ?? 0) + 1;
    const mean = last?.mean ?? 0;
    this.#topics.set(topic, {
      topic,
      count,
      mean: mean + (value - mean) / count,
      least: Math.min(last?.least ?? value, value),
      greatest: Math.max(last?.greatest ?? value, value),
      recent: [...last?.recent ?? [], value].slice(-RECENT),
    });
  }

  /** The topics so far, in the order of their first value. */
  topics(): TopicStatistics[] {
    return [...this.#topics.values()];
  }
}

/** Draws values as small bars, the least as the lowest; a blank where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const least = Math.min(...known);
  // Halves, as the whole span of the largest numbers would be infinite.
  const span = Math.max(...known) / 2 - least / 2;
  return values.map((value) => {
    if (value === undefined) return " ";
    const height = span === 0 ? 0.5 : (value / 2 - least / 2) / span;
    return BARS[Math.round(height * (BARS.length - 1))];
  }).join("");
}

/** A table of the topics, to end a recording with. */
export function describeTopics(statistics: Statistics): string[] {
  const topics = statistics.topics();
  if (topics.length === 0) return [];
  return columns([
    ["topic", "count", "mean", "minimum", "maximum"],
    ...topics.map(({ topic, count, mean, least, greatest }) => [
      topic,
      String(count),
      ...[mean, least, greatest].map((value) => value.toFixed(3)),
    ]),
  ]);
}

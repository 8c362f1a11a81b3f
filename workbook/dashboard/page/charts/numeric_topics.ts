import { parseDecimal } from "../../../../lib/decimal.ts";
import { membersOf } from "../../json_paths.ts";
import type { TopicNode } from "../topic_tree.ts";

/** How deep into JSON is looked for numbers, and how many are found. */
const DEEPEST = 4;
const MOST_PATHS = 20;

/** A topic whose last payload is a number. */
interface NumericTopic {
  topic: string;
  /** When the last message came. */
  time: number;
}

/**
 * Finds the topics whose last payload is a number, in the tree's order, without those of
 * the broker itself (`$SYS/…`).
 */
export function* numericTopics(
  nodes: Iterable<TopicNode>,
): Generator<NumericTopic> {
  for (const { path, topic } of nodes) {
    if (topic === undefined || path.startsWith("$")) continue;
    if (isNumber(topic.value)) {
      yield { topic: path, time: topic.time };
    }
  }
}

/** Those of them that a message came on last, at most `count`. */
export function latest(
  topics: Iterable<NumericTopic>,
  count: number,
): NumericTopic[] {
  let latest: NumericTopic[] = [];
  for (const topic of topics) {
    latest.push(topic);
    // Few are ever kept, however many there are.
    if (latest.length > 2 * count) latest = newest(latest, count);
  }
  return newest(latest, count);
}

/**
 * Finds where the numbers in a payload are: `$` if it is one, and in JSON paths such as
 * `$.value`, `$[0].x` and `$["a b"]`, at most twenty.
 *
 * @param payload The payload as printable text.
 */
export function numericPaths(payload: string): string[] {
  if (isNumber(payload)) return ["$"];
  try {
    const value: unknown = JSON.parse(withBlanks(payload));
    return [...pathsIn(value, "$", DEEPEST)].slice(0, MOST_PATHS);
  } catch {
    return [];
  }
}

function isNumber(payload: string): boolean {
  return Number.isFinite(parseDecimal(withBlanks(payload).trim()));
}

/** Line breaks and tabs come written as in a program. */
function withBlanks(payload: string): string {
  return payload.replaceAll(/\\[nrt]/g, " ");
}

function newest(topics: NumericTopic[], count: number): NumericTopic[] {
  return topics.sort((a, b) => b.time - a.time).slice(0, count);
}

function* pathsIn(
  value: unknown,
  path: string,
  depth: number,
): Generator<string> {
  if (typeof value === "number") yield path;
  if (depth === 0) return;
  for (const member of membersOf(value, path)) {
    yield* pathsIn(member.value, member.path, depth - 1);
  }
}

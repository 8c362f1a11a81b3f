import { parseDecimal } from "../../../lib/decimal.ts";
import { membersOf, numberAt } from "../json_paths.ts";
import type { SeriesRequest } from "../protocol.ts";
import { send } from "./connection.ts";
import { points, tree } from "./store.ts";
import type { TopicNode } from "./topic_tree.ts";
import { signal } from "./view.ts";

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

/** How many series can be told apart by colour and dashes. */
export const MOST_SERIES = 8;
/** How many are charted without being asked for. */
const FIRST_SERIES = 4;

/** A series that is charted. */
export interface Series extends SeriesRequest {
  /** Which colour and dashes it has, from 0; it keeps them as long as it is charted. */
  style: number;
}

/** The series that are charted, in the order in which they were added. */
export const series = signal<Series[]>([]);
/** Once the user has chosen, nothing is added unasked. */
let isChosen = false;

/**
 * Charts a series, unless it is there already, or there are as many as can be told
 * apart. `path` says where in the payload the number is: `$` is the payload itself,
 * `$.value` and `$[0].x` are numbers in JSON.
 */
export function addSeries(topic: string, path: string): void {
  isChosen = true;
  add(topic, path);
}

/** Charts a series no more, and lets its points go. */
export function removeSeries(key: string): void {
  isChosen = true;
  show(series.value.filter((one) => one.key !== key));
  points.delete(key);
}

/** Charts topics whose payload is a number, as many as can be told apart. */
export function addNumericTopics(): void {
  isChosen = true;
  addFirst(MOST_SERIES);
}

/** Charts the first topics whose payload is a number, until the user has chosen. */
export function addFirstTopics(): void {
  if (!isChosen && series.peek().length < FIRST_SERIES) addFirst(FIRST_SERIES);
}

function addFirst(count: number): void {
  for (const { topic } of numericTopics(tree.value.nodes())) {
    if (series.peek().length >= count) return;
    add(topic, "$");
  }
}

function add(topic: string, path: string): void {
  const key = JSON.stringify([topic, path]);
  const shown = series.peek();
  if (
    shown.length === MOST_SERIES || shown.some((one) => one.key === key) ||
    numberAt(path) === undefined
  ) return;
  const styles = new Set(shown.map(({ style }) => style));
  let style = 0;
  while (styles.has(style)) style++;
  show([...shown, { key, topic, path, style }]);
}

function show(shown: Series[]): void {
  series.value = shown;
  send({
    type: "series",
    series: shown.map(({ key, topic, path }) => ({ key, topic, path })),
  });
}

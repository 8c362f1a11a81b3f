import { numberAt } from "../json_paths.ts";
import type { SeriesRequest } from "../protocol.ts";
import { numericTopics } from "./charts/numeric_topics.ts";
import { send } from "./connection.ts";
import { points, tree } from "./store.ts";
import { signal } from "./view.ts";

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

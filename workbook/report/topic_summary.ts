import { parseDecimal } from "../../lib/decimal.ts";
import { BoundedSeries, joinMeans } from "./bounded_series.ts";
import { Pauses } from "./pauses.ts";

/**
 * A row's value: a number, or its text where a number can't hold it, which is so
 * for whole numbers beyond 2^53 and for what is no number.
 */
export type Value = number | string;

/** A row's time, in milliseconds since 1970, and its value. */
export interface Point {
  time: number;
  value: Value;
}

/** The figures of the values that are numbers. */
interface Figures {
  count: number;
  mean: number;
  least: Value;
  greatest: Value;
}

const WHOLE = /^[+-]?\d+$/;
/** Of a longer value, the beginning is kept. */
const LONGEST_VALUE = 400;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is known of one topic, in bounded memory, while its rows go by. */
export class TopicSummary {
  /** The topic. */
  readonly topic: string;
  /** How its numbers went over time. */
  readonly series: BoundedSeries = new BoundedSeries();
  /** The times between its rows, without those before a row out of order. */
  readonly pauses: Pauses = new Pauses();
  #rows = 0;
  #numbers: Figures | undefined;
  #first: Point | undefined;
  #last: Point | undefined;
  #texts = 0;
  #exampleText = "";
  #hugeNumbers = 0;
  #outOfOrder = 0;

  /** Starts without rows. */
  constructor(topic: string) {
    this.topic = copyOf(topic);
  }

  /** How many rows there are, whatever their values. */
  get rows(): number {
    return this.#rows;
  }

  /** The figures of the values that are numbers, if one is. */
  get numbers(): Readonly<Figures> | undefined {
    return this.#numbers;
  }

  /** The earliest row, the first of several. */
  get first(): Point {
    return this.#first!;
  }

  /** The latest row, the last of several. */
  get last(): Point {
    return this.#last!;
  }

  /** How many values are no numbers. */
  get texts(): number {
    return this.#texts;
  }

  /** The first value that is no number. */
  get exampleText(): string {
    return this.#exampleText;
  }

  /** How many values are whole numbers beyond 2^53, which JavaScript rounds. */
  get hugeNumbers(): number {
    return this.#hugeNumbers;
  }

  /** How many rows are earlier than one that came before them. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /**
   * Takes a row into account.
   *
   * @param time In milliseconds since 1970.
   * @param text The value as it is written.
   */
  add(time: number, text: string): void {
    this.#rows++;
    const number = parseDecimal(text);
    const value = this.#count(number, text);
    if (Number.isFinite(number)) this.#measure(time, number, value);
    const last = this.#last;
    if (last === undefined) this.#first = { time, value };
    else if (time < last.time) {
      this.#outOfOrder++;
      if (time < this.first.time) this.#first = { time, value };
      return;
    } else this.pauses.add({ length: time - last.time, from: last.time });
    this.#last = { time, value };
  }

  /** Counts what a number can't hold, and gives the value to show. */
  #count(number: number, text: string): Value {
    if (!Number.isFinite(number)) {
      const kept = copyOf(text.slice(0, LONGEST_VALUE));
      if (this.#texts++ === 0) this.#exampleText = kept;
      return kept;
    }
    if (Math.abs(number) <= Number.MAX_SAFE_INTEGER || !WHOLE.test(text)) {
      return number;
    }
    this.#hugeNumbers++;
    return String(BigInt(text.replace(/^([+-]?)0+/, "$1")));
  }

  #measure(time: number, number: number, value: Value): void {
    this.series.add(time, number);
    const old = this.#numbers;
    if (old === undefined) {
      this.#numbers = { count: 1, mean: number, least: value, greatest: value };
      return;
    }
    old.mean = joinMeans(old, { count: 1, mean: number });
    old.count++;
    if (isLess(value, old.least)) old.least = value;
    if (isLess(old.greatest, value)) old.greatest = value;
  }
}

/** Compares numbers, exactly also where a text has one. */
function isLess(one: Value, other: Value): boolean {
  return exact(one) < exact(other);
}

function exact(value: Value): number | bigint {
  return typeof value === "string" ? BigInt(value) : value;
}

/** A part of a text keeps the whole text in memory: a copy doesn't. */
function copyOf(text: string): string {
  return decoder.decode(encoder.encode(text));
}

import { fieldOf } from "./csv_rows.ts";
import { guardFormulas } from "./guard_formulas.ts";
import { nowInMicroseconds } from "./local_time.ts";
import type { CsvRecorderOptions } from "./recorder_options.ts";
import { RecentRows } from "./recent_rows.ts";
import { RowBuffer } from "./row_buffer.ts";
import { TopicMemory } from "./topic_memory.ts";
import { valueBytes } from "./value_bytes.ts";
import { Message } from "../message.ts";
import { parseTimedReading } from "../timed_reading.ts";

/** How many microseconds of a clock that goes back are rows that were counted. */
const MOST_AHEAD = 1_000_000;

const encoder = new TextEncoder();

/** Makes rows of messages, and leaves out what isn't wanted. */
export class RowMaker {
  /** The rows that were made, and not cleared yet. */
  readonly rows: RowBuffer;
  readonly #retained: NonNullable<CsvRecorderOptions["retained"]>;
  readonly #isTimed: boolean;
  readonly #recent: RecentRows | undefined;
  readonly #topics: TopicMemory;
  /** The time of the latest row that was timed here, in microseconds. */
  #time = 0;
  #isClockRead = false;
  #duplicates = 0;

  /** @throws {TypeError} If rows are to be told apart by the time of their arrival. */
  constructor(options: CsvRecorderOptions) {
    const { time = "local", timeFrom = "arrival", retained = "once" } = options;
    const { deduplicate = false } = options;
    if (deduplicate && timeFrom !== "payload") {
      throw new TypeError(
        'Readings can\'t be told apart by their arrival: deduplicate needs timeFrom "payload"',
      );
    }
    this.rows = new RowBuffer(time);
    this.#isTimed = timeFrom === "payload";
    this.#recent = deduplicate ? new RecentRows() : undefined;
    this.#topics = new TopicMemory((topic) => {
      const text = options.guardFormulas ? guardFormulas(topic) : topic;
      return encoder.encode(fieldOf(text));
    });
    this.#retained = retained;
  }

  /** How many readings were left out because they had come before. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Reads what a file holds, where that isn't to be written again. */
  async begin(path: string): Promise<void> {
    await this.#recent?.load(path);
  }

  /** Begins a turn of the event loop: the clock is read anew for its first row. */
  beginTurn(): void {
    this.#isClockRead = false;
  }

  /**
   * Makes the row of a message.
   *
   * @returns Whether there is a row more: the message may have to be left out.
   * @throws {TypeError} If the payload isn't a number.
   */
  make(message: Message): boolean {
    if (message.retain && this.#retained === "never") return false;
    const timed = this.#isTimed ? parseTimedReading(message.text) : undefined;
    const value = valueBytes(
      timed ? Message.from(message.topic, timed.value) : message,
    );
    const topic = this.#topics.get(message.topic);
    if (this.#retained === "once") {
      const time = timed?.microseconds;
      if (message.retain && topic.isLast(value, time)) return false;
      topic.note(value, time);
    }
    const time = timed?.microseconds ?? this.#nextTime();
    this.rows.add({ time, topic: topic.field, value });
    if (timed === undefined || this.#recent === undefined) return true;
    if (this.#recent.add(this.rows.lastRow)) return true;
    this.rows.removeLast();
    this.#duplicates++;
    return false;
  }

  /**
   * Within a turn of the event loop the clock is read once: to look at it takes as long
   * as the row. It may have been counted ahead of then, and no row is to be earlier than
   * the one before it, unless the clock was set back.
   */
  #nextTime(): number {
    const next = this.#time + 1;
    this.#time = this.#isClockRead ? next : notBefore(next);
    this.#isClockRead = true;
    return this.#time;
  }
}

function notBefore(next: number): number {
  const now = nowInMicroseconds();
  return now < next && next - now < MOST_AHEAD ? next : now;
}

import { fieldOf, rowOf } from "./csv_rows.ts";
import { guardFormulas } from "./guard_formulas.ts";
import { nowInMicroseconds, timeFormatter } from "./local_time.ts";
import type { CsvRecorderOptions } from "./recorder_options.ts";
import { RecentRows } from "./recent_rows.ts";
import { TopicMemory } from "./topic_memory.ts";
import { valueText } from "./value_text.ts";
import { Message } from "../message.ts";
import { parseTimedReading } from "../timed_reading.ts";

/** How many microseconds of a clock that goes back are rows that were counted. */
const MOST_AHEAD = 1_000_000;

/** Makes rows of messages, and leaves out what isn't wanted. */
export class RowMaker {
  readonly #formatTime: (microseconds: number) => string;
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
    this.#formatTime = timeFormatter(time);
    this.#isTimed = timeFrom === "payload";
    this.#recent = deduplicate ? new RecentRows() : undefined;
    this.#topics = new TopicMemory((topic) =>
      fieldOf(options.guardFormulas ? guardFormulas(topic) : topic)
    );
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
   * @returns The row; undefined if the message is to be left out.
   * @throws {TypeError} If the payload isn't a number.
   */
  make(message: Message): string | undefined {
    if (message.retain && this.#retained === "never") return undefined;
    const timed = this.#isTimed ? parseTimedReading(message.text) : undefined;
    const value = timed === undefined
      ? valueText(message)
      : valueText(Message.from(message.topic, timed.value));
    const topic = this.#topics.get(message.topic);
    if (this.#retained === "once") {
      const last = timed ? `${timed.microseconds} ${value}` : value;
      if (message.retain && topic.last === last) return undefined;
      topic.last = last;
    }
    if (timed !== undefined) {
      const time = this.#formatTime(timed.microseconds);
      return this.#unlessKnown(rowOf(time, topic.field, value));
    }
    this.#time = this.#nextTime();
    return rowOf(this.#formatTime(this.#time), topic.field, value);
  }

  #unlessKnown(row: string): string | undefined {
    if (this.#recent === undefined || this.#recent.add(row)) return row;
    this.#duplicates++;
    return undefined;
  }

  /**
   * Within a turn of the event loop the clock is read once: to look at it takes as long
   * as the row. It may have been counted ahead of then, and no row is to be earlier than
   * the one before it, unless the clock was set back.
   */
  #nextTime(): number {
    const next = this.#time + 1;
    if (this.#isClockRead) return next;
    this.#isClockRead = true;
    const now = nowInMicroseconds();
    return now < next && next - now < MOST_AHEAD ? next : now;
  }
}

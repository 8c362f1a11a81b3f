import { clearImmediate, setImmediate } from "node:timers";
import { fieldOf, rowOf } from "./recording/csv_rows.ts";
import { guardFormulas } from "./recording/guard_formulas.ts";
import { IgnoredPayloads } from "./recording/ignored_payloads.ts";
import {
  nowInMicroseconds,
  type TimeFormat,
  timeFormatter,
} from "./recording/local_time.ts";
import { RowFile } from "./recording/row_file.ts";
import { TopicMemory } from "./recording/topic_memory.ts";
import { valueText } from "./recording/value_text.ts";
import type { Message } from "./message.ts";
import { printable } from "./printable.ts";
import { reasonOf, RecordingError } from "./recording_error.ts";

export type { TimeFormat };

/** Bounds the memory that an endless turn of the event loop may take. */
const LARGEST_BATCH = 10_000;

/** How many microseconds of a clock that goes back are rows that were counted. */
const MOST_AHEAD = 1_000_000;

/** Options of {@linkcode CsvRecorder.open}. */
export interface CsvRecorderOptions {
  /**
   * How rows tell the time: `"local"`, unless given, as Python prints it, `2026-11-21
   * 09:30:00.123456`; or `"rfc3339"` with its offset, `2026-11-21T09:30:00.123456+09:00`,
   * which stays unambiguous in the night when summer time ends.
   */
  time?: TimeFormat;
  /**
   * What becomes of retained messages, which the broker sends at each subscription.
   * `"once"`, unless given, writes them, but not again after a reconnect, when a topic's is
   * the value that was last written for it (of the latest 10,000 topics). `"never"` leaves
   * them out. `"always"` is for `retainAsPublished`, where new messages have the flag, too.
   */
  retained?: "once" | "never" | "always";
  /**
   * Whether to write an apostrophe before a topic that a spreadsheet would take for a
   * formula (it begins with `=`, `+`, `-`, `@` and their kind); false unless given.
   */
  guardFormulas?: boolean;
  /**
   * Told what a user should know and no caller can be told: a file mended, payloads
   * ignored, readings lost. `console.error` unless given.
   */
  log?: (line: string) => void;
  /**
   * Called once, when the file can't be written any more: at QoS 0 nobody awaits a row.
   * Unless given, `log` is told.
   */
  onFailure?: (error: RecordingError) => void;
}

/**
 * Appends each message to a CSV file as a row `time,topic,value`, without a
 * header: the recorder of document ko §5, which doesn't open the file anew for
 * each row.
 *
 * - At QoS 0, the messages of one turn of the event loop are written together.
 *   At QoS 1 and 2, `record` resolves once the row is in the file, so that a
 *   message is acknowledged only then: a killed program loses none. (A power cut
 *   may still lose what the system had not yet moved to the disk.)
 * - A payload that isn't a number is counted and reported, and never written.
 * - When the disk is full, whole rows stay, half a row is taken back, and every
 *   call from then on fails with the same {@linkcode RecordingError}.
 * - A last row without a line end, torn by a crash, is removed on opening, and
 *   the log quotes it.
 *
 * Quoting and line ends are those of `@std/csv` (RFC 4180). Values read back
 * identical, down to `-0`. Of a whole number beyond 2^53 the row keeps all digits,
 * which `readReadings` rounds, as JavaScript does.
 *
 * @example Recording a message and reading it back
 * ```ts
 * import { CsvRecorder, readReadings } from "./csv.ts";
 * import { Message } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/sensorvalues.csv`;
 * {
 *   await using recorder = await CsvRecorder.open(path);
 *   // A program would say: await subscribe(host, "iot/#", recorder.record)
 *   recorder.record(Message.from("iot/user1/temp", "21.5"));
 * }
 * const [reading] = await Array.fromAsync(readReadings(path));
 * assertEquals(reading?.topic, "iot/user1/temp");
 * assertEquals(reading?.value, 21.5);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class CsvRecorder implements AsyncDisposable {
  readonly #path: string;
  readonly #file: RowFile;
  readonly #ignored: IgnoredPayloads;
  readonly #log: (line: string) => void;
  readonly #onFailure: ((error: RecordingError) => void) | undefined;
  readonly #formatTime: (microseconds: number) => string;
  readonly #retained: NonNullable<CsvRecorderOptions["retained"]>;
  readonly #topics: TopicMemory;
  /** The rows that are to be written, and how many they are. */
  #batch = "";
  #batched = 0;
  /** The time of the latest row, in microseconds. */
  #time = 0;
  #nextTurn: ReturnType<typeof setImmediate> | undefined;
  #rows = 0;
  #lost = 0;
  #failure: RecordingError | undefined;
  #failureTold = false;
  #closed: Promise<void> | undefined;

  private constructor(
    path: string,
    file: RowFile,
    options: CsvRecorderOptions,
  ) {
    const { time = "local", onFailure } = options;
    const log = logOf(options);
    this.#path = path;
    this.#file = file;
    this.#log = log;
    this.#onFailure = onFailure;
    this.#ignored = new IgnoredPayloads(log);
    this.#formatTime = timeFormatter(time);
    this.#topics = new TopicMemory((topic) =>
      fieldOf(options.guardFormulas ? guardFormulas(topic) : topic)
    );
    this.#retained = options.retained ?? "once";
  }

  /**
   * Opens a file to append to, or creates it, with the permissions to read and to write
   * it. Mends it first if a crash tore its last row; an existing header, or line ends
   * without CR, stay as they are.
   *
   * @throws {RecordingError} If the file can't be opened, or ends in what neither is a
   * whole row nor looks like a torn one.
   */
  static async open(
    path: string,
    options: CsvRecorderOptions = {},
  ): Promise<CsvRecorder> {
    const file = await RowFile.open(path, logOf(options));
    return new CsvRecorder(path, file, options);
  }

  /** How many rows have been written to the file. */
  get rows(): number {
    return this.#rows;
  }

  /** How many payloads weren't numbers. */
  get ignored(): number {
    return this.#ignored.count;
  }

  /** How many readings came at QoS 0 and could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Records a message, timed now. It is bound, so that `subscribe` can be given it as it
   * is. At QoS 1 and 2 it gives a promise, which resolves when the row is in the file.
   *
   * @throws {RecordingError} If the file can't be written, or the recorder is closed.
   */
  readonly record = (message: Message): void | Promise<void> => {
    if (message.qos > 0) return this.#recordThrough(message);
    // Nobody will send it again.
    if (this.#failure) this.#lost++;
    if (!this.#add(message)) return;
    if (this.#batched >= LARGEST_BATCH) this.#write();
    else this.#nextTurn ??= setImmediate(this.#writeUnawaited);
  };

  /** Writes the rows in hand to the file, or rejects with why it can't. */
  // deno-lint-ignore require-await -- so that it rejects rather than throws
  async flush(): Promise<void> {
    this.#write();
  }

  /**
   * Writes the rows in hand and closes the file. Calling it again does nothing more.
   *
   * @throws {RecordingError} If the file could not be written, now or before; it is closed
   * all the same.
   */
  close(): Promise<void> {
    return this.#closed ??= this.#end();
  }

  /**
   * Closes the recorder; throws if the file could not be written, and neither a call nor
   * `onFailure` has said so yet.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const told = this.#failureTold;
    try {
      await this.close();
    } catch (error) {
      if (!told) throw error;
    }
  }

  // deno-lint-ignore require-await -- so that it rejects rather than throws
  async #recordThrough(message: Message): Promise<void> {
    // The message stays unacknowledged if this throws, so it isn't lost.
    if (this.#add(message)) this.#write({ unacknowledged: 1 });
  }

  /** Adds a message to the batch, unless it is left out or isn't a number. */
  #add(message: Message): boolean {
    if (this.#failure) throw this.#told(this.#failure);
    if (this.#closed) {
      throw new RecordingError(
        this.#path,
        `Recorder of "${this.#path}" is closed`,
      );
    }
    if (message.retain && this.#retained === "never") return false;
    let value: string;
    try {
      value = valueText(message);
    } catch {
      this.#ignored.add(message);
      return false;
    }
    const topic = this.#topics.get(message.topic);
    if (this.#retained === "once") {
      if (message.retain && topic.last === value) return false;
      topic.last = value;
    }
    this.#time = this.#nextTime();
    this.#batch += rowOf(this.#formatTime(this.#time), topic.field, value);
    this.#batched++;
    return true;
  }

  /**
   * Within a turn of the event loop the clock is read once: to look at it takes as long
   * as the row. It may have been counted ahead of then, and no row is to be earlier than
   * the one before it, unless the clock was set back.
   */
  #nextTime(): number {
    const next = this.#time + 1;
    if (this.#batched > 0) return next;
    const now = nowInMicroseconds();
    return now < next && next - now < MOST_AHEAD ? next : now;
  }

  #write({ unacknowledged = 0 } = {}): void {
    clearImmediate(this.#nextTurn);
    this.#nextTurn = undefined;
    if (this.#failure) throw this.#told(this.#failure);
    if (this.#batched === 0) return;

    const batched = this.#batched;
    const { rows, cause } = this.#file.append(this.#batch, batched);
    this.#batch = "";
    this.#batched = 0;
    this.#rows += rows;
    if (cause === undefined) return;

    this.#lost += batched - rows - unacknowledged;
    this.#failure = new RecordingError(
      this.#path,
      `Cannot write to "${this.#path}": ${reasonOf(cause)}`,
      { cause },
    );
    this.#onFailure?.(this.#failure);
    throw this.#told(this.#failure);
  }

  readonly #writeUnawaited = (): void => {
    try {
      this.#write();
    } catch (error) {
      // What else is thrown comes from onFailure itself.
      if (!(error instanceof RecordingError)) throw error;
      if (this.#onFailure) return;
      this.#log(error.message);
      this.#failureTold = false;
    }
  };

  /** Notes that somebody gets the error, who may handle it. */
  #told(failure: RecordingError): RecordingError {
    this.#failureTold = true;
    return failure;
  }

  // deno-lint-ignore require-await -- so that it rejects rather than throws
  async #end(): Promise<void> {
    try {
      this.#write();
    } finally {
      this.#file.close();
      this.#ignored.close();
      if (this.#lost > 0) {
        this.#log(
          `Readings lost at QoS 0, not in "${this.#path}": ${this.#lost}`,
        );
      }
    }
  }
}

/** A file's name may have been chosen by a stranger, as payloads are. */
function logOf(
  { log = console.error }: CsvRecorderOptions,
): (line: string) => void {
  return (line) => log(printable(line));
}

import { clearImmediate, setImmediate } from "node:timers";
import { IgnoredPayloads } from "./recording/ignored_payloads.ts";
import { RowFile } from "./recording/row_file.ts";
import type { CsvRecorderOptions } from "./recording/recorder_options.ts";
import { RowMaker } from "./recording/row_maker.ts";
import type { Message } from "./message.ts";
import { printable } from "./printable.ts";
import { reasonOf, RecordingError } from "./recording_error.ts";

export type { TimeFormat } from "./recording/local_time.ts";
export type { CsvRecorderOptions } from "./recording/recorder_options.ts";

/** Bounds the memory that an endless turn of the event loop may take, in bytes. */
const LARGEST_BATCH = 256 * 1024;

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
  readonly #rowMaker: RowMaker;
  #nextTurn: ReturnType<typeof setImmediate> | undefined;
  #rows = 0;
  #lost = 0;
  #failure: RecordingError | undefined;
  #failureTold = false;
  #closed: Promise<void> | undefined;

  private constructor(
    path: string,
    { file, rowMaker }: { file: RowFile; rowMaker: RowMaker },
    options: CsvRecorderOptions,
  ) {
    const log = logOf(options);
    this.#path = path;
    this.#file = file;
    this.#rowMaker = rowMaker;
    this.#log = log;
    this.#onFailure = options.onFailure;
    this.#ignored = new IgnoredPayloads(log);
  }

  /**
   * Opens a file to append to, or creates it, with the permissions to read and to write
   * it. Mends it first if a crash tore its last row; an existing header, or line ends
   * without CR, stay as they are.
   *
   * @throws {RecordingError} If the file can't be opened, or ends in what neither is a
   * whole row nor looks like a torn one.
   * @throws {TypeError} If the options don't go together.
   */
  static async open(
    path: string,
    options: CsvRecorderOptions = {},
  ): Promise<CsvRecorder> {
    const rowMaker = new RowMaker(options);
    const file = await RowFile.open(path, logOf(options));
    await rowMaker.begin(path);
    return new CsvRecorder(path, { file, rowMaker }, options);
  }

  /** How many rows have been written to the file. */
  get rows(): number {
    return this.#rows;
  }

  /** How many payloads weren't numbers. */
  get ignored(): number {
    return this.#ignored.count;
  }

  /** How many readings were left out because they had come before (`deduplicate`). */
  get duplicates(): number {
    return this.#rowMaker.duplicates;
  }

  /** How many readings came at QoS 0 and could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Records a message, timed now unless it has its own time. It is bound, so that `subscribe` can be given it as it
   * is. At QoS 1 and 2 it gives a promise, which resolves when the row is in the file.
   *
   * @throws {RecordingError} If the file can't be written, or the recorder is closed.
   */
  readonly record = (message: Message): void | Promise<void> => {
    if (message.qos > 0) return this.#recordThrough(message);
    // Nobody will send it again.
    if (this.#failure) this.#lost++;
    if (!this.#add(message)) return;
    if (this.#rowMaker.rows.length >= LARGEST_BATCH) this.#write();
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
    try {
      return this.#rowMaker.make(message);
    } catch {
      this.#ignored.add(message);
      return false;
    }
  }

  #write({ unacknowledged = 0 } = {}): void {
    clearImmediate(this.#nextTurn);
    this.#nextTurn = undefined;
    if (this.#failure) throw this.#told(this.#failure);
    const batch = this.#rowMaker.rows;
    const { count } = batch;
    if (count === 0) return;

    const { rows, cause } = this.#file.append(batch.bytes, count);
    batch.clear();
    this.#rowMaker.beginTurn();
    this.#rows += rows;
    if (cause === undefined) return;

    this.#lost += count - rows - unacknowledged;
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

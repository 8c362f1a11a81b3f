import { Buffer } from "node:buffer";

/** What is needed of `Deno.stdout`. */
export type Writer = Pick<typeof Deno.stdout, "write">;

const MOST_BYTES = 1024 * 1024;

/**
 * Writes to standard output without stopping the program: while a write takes
 * its time, what comes in gathers, and the next write takes all of it.
 */
export class StandardOutput {
  readonly #onError: (error: unknown) => void;
  readonly #writer: Writer;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;

  /**
   * @param onError Told of the first write that fails, after which there is no
   *   other.
   * @param writer Standard output.
   */
  constructor(
    onError: (error: unknown) => void,
    writer: Writer = Deno.stdout,
  ) {
    this.#onError = onError;
    this.#writer = writer;
  }

  /** Whether so much waits that nothing should be added before `flush`. */
  get isFull(): boolean {
    return this.#bytes >= MOST_BYTES;
  }

  /** Adds bytes to what is to be written. */
  add(...pieces: Uint8Array[]): void {
    for (const piece of pieces) this.#bytes += piece.length;
    this.#waiting.push(...pieces);
    if (this.#bytes === 0 || this.#writing !== undefined) return;
    this.#writing = this.#writeAll();
    this.#writing.catch(this.#onError);
  }

  /**
   * Waits until everything is written.
   *
   * @throws The error of the write that failed, if one did.
   */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const bytes = Buffer.concat(this.#waiting);
      this.#waiting = [];
      this.#bytes = 0;
      for (let start = 0; start < bytes.length;) {
        start += await this.#writer.write(bytes.subarray(start));
      }
    }
    this.#writing = undefined;
  }
}

import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Figures } from "../figures.ts";

/** What is longer is handed on as it is; the rest is copied together. */
const LONGEST_COPY = 4_096;
const SMALLEST_SLAB = 512;
const LARGEST_SLAB = 65_536;
/** How long a client may take to read the last that it is told, and to close. */
const LINGER_MILLISECONDS = 1_000;
const NOTHING = Buffer.alloc(0);

/**
 * The way to a client. What is written in one turn of the event loop goes out
 * together: each write is a system call, with TLS a record, and with WebSocket a
 * frame.
 */
export class Connection {
  /** The stream below; it emits `drain` when it isn't full any more. */
  readonly stream: Duplex;
  /** Calls back when what has been written may go out. */
  readonly #whenAllowed: (callback: () => void) => void;
  readonly #figures: Figures;
  #chunks: Buffer[] = [];
  #length = 0;
  #slab = NOTHING;
  #start = 0;
  #used = 0;
  #isScheduled = false;
  #isFull = false;
  #isEnding = false;

  constructor(
    stream: Duplex,
    { whenAllowed, figures }: {
      whenAllowed: (callback: () => void) => void;
      figures: Figures;
    },
  ) {
    this.stream = stream;
    this.#figures = figures;
    this.#whenAllowed = whenAllowed;
    stream.on("drain", () => this.#isFull = false);
  }

  /** Whether it makes sense to write. */
  get isOpen(): boolean {
    return !this.#isEnding && this.stream.writable;
  }

  /** Whether more is written than has gone out. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Writes a packet, in two parts if that saves a copy. */
  write(first: Buffer, second: Buffer = NOTHING): void {
    if (!this.isOpen) return;
    this.#put(first);
    if (second.length > 0) this.#put(second);
    this.#figures.packetsSent++;
    this.#schedule();
    const { writableLength, writableHighWaterMark } = this.stream;
    this.#isFull ||= writableLength + this.#length >= writableHighWaterMark;
  }

  /**
   * Sends what has been written, and closes the connection.
   *
   * @param isWatched Whether the client may still be sending: closing while
   * there is something to read would take back what was sent to it last.
   */
  end(isWatched: boolean): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { stream } = this;
    if (stream.destroyed) return;
    if (isWatched) stream.resume();
    else this.destroySoon();
    this.#schedule();
    const timer = setTimeout(() => stream.destroy(), LINGER_MILLISECONDS);
    stream.once("close", () => clearTimeout(timer));
  }

  /** Gives the stream up as soon as everything has been sent. */
  destroySoon(): void {
    const { stream } = this;
    if (stream.writableFinished) stream.destroy();
    else stream.once("finish", () => stream.destroy());
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#whenAllowed(() => this.#flush()));
  }

  #put(bytes: Buffer): void {
    const { length } = bytes;
    this.#length += length;
    if (length > LONGEST_COPY) {
      this.#seal();
      this.#chunks.push(bytes);
      return;
    }
    if (this.#used + length > this.#slab.length) {
      this.#seal();
      const size = Math.max(SMALLEST_SLAB, length, 2 * this.#length);
      this.#slab = Buffer.allocUnsafeSlow(Math.min(size, LARGEST_SLAB));
      this.#start = this.#used = 0;
    }
    this.#slab.set(bytes, this.#used);
    this.#used += length;
  }

  #seal(): void {
    if (this.#used === this.#start) return;
    this.#chunks.push(this.#slab.subarray(this.#start, this.#used));
    this.#start = this.#used;
  }

  #flush(): void {
    this.#isScheduled = false;
    this.#seal();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#figures.bytesSent += this.#length;
    this.#length = 0;
    const { stream } = this;
    if (!stream.writable) return;
    let isFull = false;
    if (chunks.length > 1) stream.cork();
    for (const chunk of chunks) isFull = !stream.write(chunk);
    if (chunks.length > 1) stream.uncork();
    // It says that it has drained only if it was full itself.
    if (this.#isFull && !isFull) stream.emit("drain");
    this.#isFull = isFull;
    if (this.#isEnding) stream.end();
  }
}

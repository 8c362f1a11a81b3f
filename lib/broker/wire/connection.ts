import { Buffer } from "node:buffer";
import process from "node:process";
import type { Duplex } from "node:stream";

/** How long a client may take to read the last that it is told, and to close. */
const LINGER_MILLISECONDS = 1_000;

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
  #isScheduled = false;
  #isEnding = false;
  /** Whether more is written than has gone out. */
  isFull = false;

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
    stream.on("drain", () => this.isFull = false);
  }

  /** Whether it makes sense to write. */
  get isOpen(): boolean {
    return !this.#isEnding && this.stream.writable;
  }

  /** Writes a packet, in two parts if that saves a copy. */
  write(first: Buffer, second?: Buffer): void {
    if (!this.isOpen) return;
    this.#chunks.push(first);
    this.#length += first.length;
    if (second !== undefined) {
      this.#chunks.push(second);
      this.#length += second.length;
    }
    this.#figures.packetsSent++;
    this.#schedule();
    const { writableLength, writableHighWaterMark } = this.stream;
    this.isFull ||= writableLength + this.#length >= writableHighWaterMark;
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
    if (isWatched) {
      stream.resume();
    } else {
      stream.pause();
      this.destroySoon();
    }
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
    process.nextTick(() => this.#whenAllowed(() => this.#flush()));
  }

  #flush(): void {
    this.#isScheduled = false;
    const together = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [];
    this.#length = 0;
    this.#figures.bytesSent += together.length;
    const { stream } = this;
    if (!stream.writable) return;
    const isFull = together.length > 0 && !stream.write(together);
    const wasFull = this.isFull;
    this.isFull = isFull;
    // It says that it has drained only if it was full itself. Who hears it may
    // fill it again.
    if (wasFull && !isFull) stream.emit("drain");
    if (this.#isEnding) stream.end();
  }
}

/** What the broker counts, from its start on. */
export class Figures {
  /** Packets of any type. */
  packetsReceived = 0;
  packetsSent = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** PUBLISH packets. */
  messagesReceived = 0;
}

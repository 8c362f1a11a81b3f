import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Figures } from "./connection.ts";
import type { Commits } from "../store/commits.ts";
import { Framing } from "./framing.ts";
import { PACKET, ProtocolError, REASON } from "./packets.ts";

/** Several packets at a time: a timer for each would be slower than the rate. */
const SHORTEST_PAUSE = 50;

interface InputOptions {
  figures: Figures;
  /** How many packets a second are read, acknowledgements aside. */
  maxMessageRate: number;
  /** Checks the first byte of each packet, as soon as it is there. */
  check: (header: number) => void;
  /** Handles the packet that the framing has found. */
  handle: (type: number) => void;
  /** Is told what a packet's check or handling has thrown. */
  fail: (error: unknown) => void;
  /** Is told each time that what has come is handled, as far as may be. */
  pause: () => void;
  /** Is told when nothing more comes, and all is handled. */
  end: () => void;
  /** While storing fails, nothing is read: what waits would pile up. */
  commits: Commits | undefined;
}

/**
 * What comes from a client: packet by packet, and only as fast as it may. While
 * anything holds it up, nothing is read from the stream.
 */
export class Input {
  readonly framing: Framing;
  readonly #stream: Duplex;
  readonly #options: InputOptions;
  /** How many packets may come: a second's worth after a second of silence. */
  #tokens: number;
  #filledAt = performance.now();
  /** In how many places something has to end before it is read on. */
  #holds = 0;
  #isWorking = false;
  #isOver = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** Whether the other end, or the connection, is gone. */
  hasGone = false;
  /** When something came last, on the clock of `performance.now()`. */
  lastHeard = performance.now();

  constructor(stream: Duplex, options: InputOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#tokens = options.maxMessageRate;
    this.framing = new Framing(options.check);
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    for (const event of ["end", "close"]) {
      stream.once(event, () => {
        this.hasGone = true;
        this.#work();
      });
    }
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Reads on only when the function that it returns has been called. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#stream.pause();
    return () => {
      if (--this.#holds > 0 || this.#isOver) return;
      this.#stream.resume();
      this.#work();
    };
  }

  /** Handles nothing more of what comes. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#pause);
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.lastHeard = performance.now();
    this.#options.figures.bytesReceived += chunk.length;
    this.framing.add(chunk);
    this.#work();
  }

  /** Handles what has arrived, as far as may be now. */
  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    const { figures, handle, fail, pause, end } = this.#options;
    try {
      while (!this.isHeld && !this.#isOver && this.framing.next()) {
        const type = this.framing.header >> 4;
        if (!this.#isAllowed(type)) break;
        figures.packetsReceived++;
        handle(type);
        // Each may have hundreds of filters: the others have their turn.
        const isLong = type === PACKET.SUBSCRIBE || type === PACKET.UNSUBSCRIBE;
        if (isLong) setImmediate(this.hold());
      }
    } catch (error) {
      fail(error);
    }
    this.#isWorking = false;
    if (this.hasGone && !this.isHeld) end();
    else pause();
  }

  /** Whether a packet may pass now; else it comes again after a pause. */
  #isAllowed(type: number): boolean {
    const { commits, maxMessageRate } = this.#options;
    const isAnswer = type >= PACKET.PUBACK && type <= PACKET.PUBCOMP;
    if (commits?.isFailing) commits.whenMended(this.hold());
    else if (isAnswer || this.#takeToken()) return true;
    else {
      const pause = Math.max(SHORTEST_PAUSE, 1_000 / maxMessageRate);
      this.#pause = setTimeout(this.hold(), pause);
    }
    this.framing.putBack();
    return false;
  }

  #takeToken(): boolean {
    const { maxMessageRate } = this.#options;
    if (this.#tokens < 1) {
      const now = performance.now();
      const gained = (now - this.#filledAt) / 1_000 * maxMessageRate;
      this.#tokens = Math.min(this.#tokens + gained, maxMessageRate);
      this.#filledAt = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** Who holds bytes of packets whose end hasn't come. */
export interface Holder {
  readonly isAdmitted: boolean;
  fail(error: ProtocolError): void;
}

/** Keeps to the limit on what all connections hold together. */
export class ByteBudget {
  readonly #most: number;
  readonly #held = new Map<Holder, number>();
  #total = 0;

  constructor(maxBufferedBytes: number) {
    this.#most = maxBufferedBytes;
  }

  /** Says how many bytes somebody holds now. */
  set(holder: Holder, bytes: number): void {
    const before = this.#held.get(holder) ?? 0;
    if (bytes === before) return;
    this.#total += bytes - before;
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (bytes < before) return;
    while (this.#total > this.#most) {
      const newest = [...this.#held.keys()].findLast((one) => !one.isAdmitted);
      const victim = newest ?? holder;
      this.#total -= this.#held.get(victim) ?? 0;
      this.#held.delete(victim);
      victim.fail(
        new ProtocolError(
          `Unfinished packets of all connections have more than ${this.#most} bytes (maxBufferedBytes)`,
          REASON.QUOTA_EXCEEDED,
        ),
      );
      if (victim === holder) return;
    }
  }
}

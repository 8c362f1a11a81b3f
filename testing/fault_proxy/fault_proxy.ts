/**
 * A TCP proxy that does to connections what bad networks do.
 *
 * @module
 */
import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Socket,
} from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Line } from "./fault_line.ts";

/** How the bytes of all connections of a proxy travel; at once unless given. */
export interface LinkConditions {
  /** Milliseconds that a piece waits at most. */
  delay?: number;
  /** Bytes a second that each direction of a connection lets through. */
  bytesPerSecond?: number;
  /** How many bytes a piece has at most; each has one at least. */
  pieceSize?: number;
  /**
   * Whether pieces of different connections, and of the two directions, overtake
   * each other. Within a direction TCP keeps the order, and so does this.
   */
  shuffled?: boolean;
}

/** A proxy between clients and a broker. Disposing of it resets what is open. */
export class FaultProxy implements AsyncDisposable {
  /** Where clients connect to, such as `mqtt://127.0.0.1:40123`. */
  readonly url: string;
  /** How bytes travel from now on. */
  conditions: LinkConditions = {};
  /** When a piece last travelled, in milliseconds, as `performance.now()` tells. */
  lastPiece = 0;
  readonly #server: ReturnType<typeof createServer>;
  readonly #lines = new Set<Line>();
  readonly #random: () => number;
  #gate: PromiseWithResolvers<void> | undefined;
  readonly #shuffler: Shuffler;

  private constructor(
    server: ReturnType<typeof createServer>,
    target: number,
    random: () => number,
  ) {
    this.#server = server;
    this.#random = random;
    this.#shuffler = new Shuffler(random);
    this.url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (client: Socket) => {
      const broker = createConnection({
        host: "127.0.0.1",
        port: target,
        allowHalfOpen: true,
        noDelay: true,
      });
      const line = new Line(client, broker, (...piece) => this.#pass(...piece));
      this.#lines.add(line);
      line.ended.then(() => this.#lines.delete(line));
    });
  }

  /**
   * Starts a proxy on a free port of loopback.
   *
   * @param target The broker's port. It need not listen yet.
   * @param random Chance, from 0 to below 1.
   */
  static async start(
    target: number,
    random: () => number = Math.random,
  ): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultProxy(server, target, random);
  }

  /** The connections that are open, the oldest first. */
  get lines(): Line[] {
    return [...this.#lines];
  }

  /** Lets nothing through on any connection, also new ones, until `release`. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Ends a `hold`. */
  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** Waits until a piece may travel, and says how many bytes it may have. */
  async #pass(size: number, signal: AbortSignal): Promise<number> {
    const { delay, pieceSize, shuffled, bytesPerSecond } = this.conditions;
    const piece = pieceSize === undefined
      ? size
      : Math.min(size, 1 + Math.floor(this.#random() * pieceSize));
    if (delay) await pause(this.#random() * delay, undefined, { signal });
    if (bytesPerSecond) {
      await pause(piece / bytesPerSecond * 1000, undefined, { signal });
    }
    if (shuffled) await this.#shuffler.turn();
    while (this.#gate) await this.#gate.promise;
    this.lastPiece = performance.now();
    return piece;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lines = this.lines;
    for (const line of lines) line.end("reset");
    this.release();
    this.#server.close();
    await Promise.all([
      once(this.#server, "close"),
      ...lines.map((line) => line.ended),
    ]);
  }
}

// For so many milliseconds those who ask gather.
const GATHERING_TIME = 5;

/** Gives turns, one to each who asks, in an order of chance. */
export class Shuffler {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];

  /** Takes chance, from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  turn(): Promise<void> {
    if (this.#waiting.length === 0) {
      setTimeout(() => this.#giveTurns(), GATHERING_TIME);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveTurns(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      const next = Math.floor(this.#random() * waiting.length);
      waiting.splice(next, 1)[0]!();
    }
  }
}

import { holdAcknowledgements } from "./acknowledgements.ts";
import type { ToolkitClient } from "./client.ts";
import type { Client } from "../connect.ts";
import type { Message } from "../message.ts";

/** What a caller does with each message: see `subscribe`. */
export type Handler = (message: Message, client: Client) => unknown;

interface Waiting {
  message: Message;
  settle: (handled: boolean) => void;
}

// Beyond these, nothing more is read until the handler has caught up.
const MOST_WAITING = 1000;
const MOST_BYTES = 16 * 1024 * 1024;

/** Rejecting with this leaves a message unacknowledged without a word. */
export const ABANDONED = Symbol("abandoned");

/**
 * Hands messages to their handler one after the other, in the order of their
 * arrival, and stops reading while too many wait.
 */
export class Deliveries {
  readonly #client: ToolkitClient;
  readonly #handler: Handler;
  readonly #onError: (error: Error, message: Message) => void;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #isBusy = false;
  #isStopping = false;
  #proceed: (() => void) | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(
    client: ToolkitClient,
    handler: Handler,
    onError: (error: Error, message: Message) => void,
  ) {
    this.#client = client;
    this.#handler = handler;
    this.#onError = onError;
    holdAcknowledgements(
      client,
      (message, settle) => this.#deliver(message, settle),
      (proceed) => this.#pace(proceed),
    );
    client.on("packetsend", () => {
      if (this.#proceed && this.#isAwaitingAnswer) this.#resume();
    });
    client.on("close", () => this.#forget());
  }

  /**
   * Takes no more messages, and waits for those that have arrived.
   *
   * @returns How many are left unhandled after `timeout` seconds.
   */
  async stop(timeout: number): Promise<number> {
    this.#isStopping = true;
    this.#resume();
    if (!this.#isBusy) return 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeout * 1000);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.#waiting.splice(0).length + Number(this.#isBusy);
  }

  #deliver(message: Message, settle: (handled: boolean) => void): void {
    if (this.#isStopping) return;
    if (!this.#isBusy) return this.#handle(message, settle);
    this.#waiting.push({ message, settle });
    this.#bytes += message.payload.length;
  }

  #handle(message: Message, settle: (handled: boolean) => void): void {
    try {
      const result = this.#handler(message, this.#client);
      if (!isThenable(result)) return settle(true);
      this.#isBusy = true;
      Promise.resolve(result).then(
        () => settle(true),
        (error) => this.#fail(error, message, settle),
      ).finally(() => this.#next());
    } catch (error) {
      this.#fail(error, message, settle);
    }
  }

  #next(): void {
    this.#isBusy = false;
    while (!this.#isBusy) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#bytes -= next.message.payload.length;
      this.#handle(next.message, next.settle);
    }
    if (!this.#isFull) this.#resume();
    if (!this.#isBusy) this.#onIdle?.();
  }

  #fail(
    error: unknown,
    message: Message,
    settle: (handled: boolean) => void,
  ): void {
    settle(false);
    if (error === ABANDONED) return;
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#onError(reason, message);
  }

  get #isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING || this.#bytes >= MOST_BYTES;
  }

  /** Whether the handler may be waiting for a packet that is still to be read. */
  get #isAwaitingAnswer(): boolean {
    return Object.keys(this.#client.outgoing).length > 0;
  }

  #pace(proceed: () => void): void {
    if (!this.#isFull || this.#isAwaitingAnswer) return proceed();
    this.#proceed = proceed;
    // Pings go on, and their answers, which wait unread, are not missed.
    const { keepalive } = this.#client;
    if (keepalive === 0) return;
    this.#pings = setInterval(() => {
      this.#client.sendPing();
      this.#client.reschedulePing(true);
    }, keepalive * 500);
  }

  #resume(): void {
    this.#forget()?.();
  }

  /** What a lost connection has left unread is the next one's to ask for. */
  #forget(): (() => void) | undefined {
    clearInterval(this.#pings);
    const proceed = this.#proceed;
    this.#proceed = undefined;
    return proceed;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then ===
    "function";
}

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";
import { holdAcknowledgements } from "./acknowledgements.ts";
import type { ToolkitClient } from "./client.ts";
import type { OnMessage } from "./options.ts";
import { describeError } from "../describe_error.ts";
import { toError } from "../errors.ts";
import type { Message } from "../message.ts";

interface Waiting {
  message: Message;
  settle: (handled: boolean) => void;
}

// Beyond these, nothing more is read until the handler has caught up.
const MOST_WAITING = 1000;
const MOST_BYTES = 16 * 1024 * 1024;
// After so many milliseconds of handlers, the program's timers get their turn.
const LONGEST_TURN = 50;
// To look at the clock takes as long as a short handler does.
const UNTIMED_IF_SHORT = 16;

/** Knows, in a handler and in what it awaits, which message it was called with. */
const handled = new AsyncLocalStorage<Message>();

/** Rejecting with this leaves a message unacknowledged without a word. */
export const ABANDONED = Symbol("abandoned");

/**
 * Hands messages to their handler one after the other, in the order of their
 * arrival, and stops reading while too many wait.
 */
export class Deliveries {
  readonly #client: ToolkitClient;
  readonly #handler: OnMessage;
  readonly #onError: (error: Error, message: Message) => void;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #isBusy = false;
  /** The message whose handler has not ended. */
  #inHand: Message | undefined;
  /** Whether the handler has always been done when it returned, once that is known. */
  #isPlain: boolean | undefined;
  /** Whether what the handler awaits knows `#inHand`. */
  #isTracked = false;
  #isStopping = false;
  #turnStart: number | undefined;
  #lastTime = 0;
  #untimed = 0;
  #proceed: (() => void) | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(
    client: ToolkitClient,
    handler: OnMessage,
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

  /** Whether it is the handler that asks: it must not wait for its own end. */
  get isAskedByHandler(): boolean {
    if (this.#inHand === undefined) return false;
    return !this.#isTracked || handled.getStore() === this.#inHand;
  }

  /**
   * Takes no more messages, and waits for those that have arrived.
   *
   * @returns How many are left unhandled after `timeout` seconds.
   */
  async stop(timeout: number): Promise<number> {
    this.#isStopping = true;
    this.#resume();
    if (!this.#isBusy && this.#inHand === undefined) return 0;
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
    this.#inHand = message;
    // To know the message later takes longer than to handle it: a handler that is
    // done when it returns needs it not.
    this.#isTracked = this.#isPlain !== true;
    try {
      const result = this.#isTracked
        ? handled.run(message, this.#handler, message, this.#client)
        : this.#handler(message, this.#client);
      if (!isThenable(result)) {
        this.#isPlain ??= true;
        return this.#end(() => settle(true));
      }
      this.#isPlain = false;
      this.#isBusy = true;
      Promise.resolve(result).then(
        () => settle(true),
        (error) => this.#fail(error, message, settle),
      ).finally(() => this.#next());
    } catch (error) {
      this.#end(() => this.#fail(error, message, settle));
    }
  }

  /** After a handler that returned no promise. */
  #end(settle: () => void): void {
    this.#inHand = undefined;
    settle();
    if (!this.#isBusy && this.#waiting.length === 0) this.#onIdle?.();
  }

  #next(): void {
    this.#inHand = undefined;
    do {
      this.#isBusy = this.#isTurnLong();
      // Busy meanwhile, so that what arrives is not handled before its turn.
      if (this.#isBusy) return inNextTurn(() => this.#next());
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#bytes -= next.message.payload.length;
      this.#handle(next.message, next.settle);
    } while (!this.#isBusy);
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
    try {
      this.#onError(toError(error), message);
    } catch (thrown) {
      this.#client.report(
        `onError failed on ${message.topic}: ${describeError(thrown)}`,
      );
    }
  }

  get #isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING || this.#bytes >= MOST_BYTES;
  }

  /** Whether the handler may be waiting for a packet that is still to be read. */
  get #isAwaitingAnswer(): boolean {
    return Object.keys(this.#client.outgoing).length > 0;
  }

  #pace(proceed: () => void): void {
    if (!this.#isFull || this.#isAwaitingAnswer) {
      return this.#isTurnLong() ? inNextTurn(proceed) : proceed();
    }
    this.#proceed = proceed;
    // Pings go on, and their answers, which wait unread, are not missed.
    const { keepalive } = this.#client;
    if (keepalive === 0) return;
    this.#pings = setInterval(() => {
      this.#client.sendPing();
      this.#client.reschedulePing(true);
    }, keepalive * 500);
  }

  /**
   * MQTT.js handles all messages of a chunk in one turn of the event loop: with a
   * handler that takes its time, no ping would leave before their end.
   */
  #isTurnLong(): boolean {
    if (this.#untimed-- > 0) return false;
    const now = performance.now();
    this.#untimed = now - this.#lastTime < 1 ? UNTIMED_IF_SHORT : 0;
    this.#lastTime = now;
    if (this.#turnStart === undefined) {
      this.#turnStart = now;
      setImmediate(() => this.#turnStart = undefined);
    }
    return now - this.#turnStart > LONGEST_TURN;
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

/** Waits for what has arrived, too: between immediates, Deno reads no socket. */
function inNextTurn(action: () => void): void {
  setTimeout(action, 0);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then ===
    "function";
}

import { ABANDONED } from "./client/deliveries.ts";
import { openSubscription } from "./client/subscription.ts";
import type { Topics } from "./client/topic_requests.ts";
import type { Message } from "./message.ts";
import { StopSignal } from "./stop_signal.ts";
import type { SubscribeOptions } from "./subscribe.ts";

/**
 * Subscribes as `subscribe` does, and gives the messages as an async iterable, until
 * Ctrl-C, SIGTERM or `options.signal` ends the loop.
 *
 * At QoS 1 and 2 a message is acknowledged when the loop asks for the next one; the one
 * in hand when the loop is left (`break`, or an error) is not.
 *
 * @example Waiting for one message
 * ```ts
 * import { messages, publishOnce, startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * await publishOnce(broker.url, { topic: "lamp", payload: "on", retain: true });
 * for await (const message of messages(broker.url, "lamp")) {
 *   assertEquals(message.text, "on");
 *   break;
 * }
 * ```
 *
 * @throws {SubscriptionRefusedError} If the broker refuses every filter.
 * @throws {ConnectionRefusedError} If the broker refuses the connection, now or later.
 * @throws {BrokerUnreachableError} If it can't be reached within `options.timeout`.
 */
export async function* messages(
  host: string | undefined,
  topic: Topics,
  options: SubscribeOptions = {},
): AsyncGenerator<Message, void, void> {
  using stop = new StopSignal(options.signal);
  const turns = new Turns();
  try {
    await using subscription = await openSubscription(
      host,
      topic,
      (message) => turns.take(message),
      { ...options, signal: stop.signal },
    );
    stop.requested.then(() => turns.end());
    subscription.client.refused.catch((error) => turns.end(error));
    // Disposed of before the subscription, which waits for its handler.
    using _abandoning = turns;
    for await (const turn of turns.each()) {
      yield turn.message;
      turn.done();
    }
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  }
}

interface Turn {
  message: Message;
  done: () => void;
}

/** Hands one message at a time from the handler to the loop. */
class Turns implements Disposable {
  #turn: Turn | undefined;
  #abandon: ((reason: unknown) => void) | undefined;
  #changed = Promise.withResolvers<void>();
  #end: { error?: unknown } | undefined;

  /** Waits until the loop has asked for the message after this one. */
  take(message: Message): Promise<void> {
    if (this.#end !== undefined) return Promise.reject(ABANDONED);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#abandon = reject;
    this.#turn = { message, done: resolve };
    this.#changed.resolve();
    return promise;
  }

  async *each(): AsyncGenerator<Turn, void, void> {
    while (this.#end === undefined) {
      const turn = this.#turn;
      this.#turn = undefined;
      if (turn !== undefined) {
        yield turn;
      } else {
        await this.#changed.promise;
        this.#changed = Promise.withResolvers<void>();
      }
    }
    if (this.#end.error !== undefined) throw this.#end.error;
  }

  end(error?: unknown): void {
    this.#end ??= { error };
    this.#changed.resolve();
  }

  [Symbol.dispose](): void {
    this.end();
    this.#abandon?.(ABANDONED);
  }
}

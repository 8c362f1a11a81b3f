import type { Terms } from "./message.ts";
import type { Retained, RetainedMessages } from "./retained.ts";
import type { Subscriber } from "./subscription.ts";

/** After so many messages the others have their turn. */
const AT_ONCE = 200;

/** A new subscription, to be sent what it has missed. */
interface Wanted {
  /** The filter, cut at its slashes. */
  levels: readonly string[];
  terms: Terms;
  /** The number of the last message that was kept before. */
  lastNumber: number;
}

/**
 * Sends a client the retained messages of its new subscriptions, one subscription
 * after the other, only as fast as it takes them, and while others go on.
 */
export class RetainedSender {
  readonly #retained: RetainedMessages;
  readonly #subscriber: Subscriber;
  readonly #client: { readonly isOver: boolean };
  /** By filter: one that is subscribed to again while it waits, waits once. */
  readonly #wanted = new Map<string, Wanted>();
  #current: (Wanted & { found: Iterator<Retained | undefined> }) | undefined;
  #isWaiting = false;

  constructor(
    retained: RetainedMessages,
    subscriber: Subscriber,
    client: { readonly isOver: boolean },
  ) {
    this.#retained = retained;
    this.#subscriber = subscriber;
    this.#client = client;
  }

  /** Adds a subscription. What is kept from now on, it gets as it comes. */
  add(
    filter: string,
    { levels, terms }: Pick<Wanted, "levels" | "terms">,
  ): void {
    const { lastNumber } = this.#retained;
    this.#wanted.set(filter, { levels, terms, lastNumber });
    if (!this.#isWaiting) this.#work();
  }

  readonly #work = (): void => {
    this.#isWaiting = false;
    const { outbox } = this.#subscriber;
    for (let count = 0; this.#hasMore();) {
      if (this.#client.isOver) return;
      if (!outbox.isReady) return this.#wait((work) => outbox.whenReady(work));
      const { value, done } = this.#current!.found.next();
      if (done) this.#current = undefined;
      else if (value !== undefined) this.#send(value);
      // A search of many steps, too, lets others have their turn.
      if (value === undefined ? !done : ++count === AT_ONCE) {
        return this.#wait(setImmediate);
      }
    }
  };

  #wait(how: (work: () => void) => void): void {
    this.#isWaiting = true;
    how(this.#work);
  }

  #hasMore(): boolean {
    if (this.#current !== undefined) return true;
    for (const [filter, wanted] of this.#wanted) {
      this.#wanted.delete(filter);
      const found = this.#retained.match(wanted.levels)[Symbol.iterator]();
      this.#current = { ...wanted, found };
      return true;
    }
    return false;
  }

  #send(found: Retained): void {
    const { message, number } = found;
    const { terms, lastNumber } = this.#current!;
    // What has come meanwhile has been delivered.
    const isLate = number > lastNumber || !this.#retained.isCurrent(found);
    if (isLate || message.expiresAt <= Date.now()) return;
    if (!this.#subscriber.mayReceive(message.topic.text)) return;
    this.#subscriber.outbox.send(message, terms);
  }
}

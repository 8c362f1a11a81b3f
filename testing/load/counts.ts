/** What a fleet's count adds up to. */
export interface DeliveryTotals {
  /** Messages that the broker has acknowledged. */
  acknowledged: number;
  /** How often they were to be received: each by all subscribers of its tenth. */
  expected: number;
  /** How often they were. */
  delivered: number;
  /** How often one came once more to the same subscriber, which QoS 1 allows. */
  repeated: number;
}

/** One message: who published it, and its number among that client's. */
interface MessageId {
  client: number;
  count: number;
}

/** More than any client publishes. */
const MOST_MESSAGES = 1_000_000;

/** Keeps account of each message: acknowledged, and received by whom. */
export class DeliveryCount {
  /** What was acknowledged, by the tenth. */
  readonly #acknowledged = new Map<number, Set<number>>();
  /** What each subscriber has received, with its tenth. */
  readonly #received = new Map<number, { tenth: number; ids: Set<number> }>();
  #repeated = 0;

  /** Notes that a client is subscribed to a tenth. */
  addSubscriber(subscriber: number, tenth: number): void {
    this.#received.set(subscriber, { tenth, ids: new Set() });
  }

  /** Notes that the broker has a message. */
  acknowledge(tenth: number, message: MessageId): void {
    let ids = this.#acknowledged.get(tenth);
    if (ids === undefined) this.#acknowledged.set(tenth, ids = new Set());
    ids.add(idOf(message));
  }

  /**
   * Notes that a subscriber has a message.
   *
   * @returns Whether it is the first time.
   */
  receive(subscriber: number, message: MessageId): boolean {
    const { ids } = this.#received.get(subscriber)!;
    const before = ids.size;
    ids.add(idOf(message));
    if (ids.size > before) return true;
    this.#repeated++;
    return false;
  }

  /** Adds up. What was received but not acknowledged doesn't count. */
  sum(): DeliveryTotals {
    const account = { acknowledged: 0, expected: 0, delivered: 0 };
    for (const ids of this.#acknowledged.values()) {
      account.acknowledged += ids.size;
    }
    for (const { tenth, ids } of this.#received.values()) {
      const wanted = this.#acknowledged.get(tenth) ?? new Set();
      account.expected += wanted.size;
      account.delivered += wanted.intersection(ids).size;
    }
    return { ...account, repeated: this.#repeated };
  }
}

function idOf({ client, count }: MessageId): number {
  return client * MOST_MESSAGES + count;
}

/** A tenth of a millisecond is as exact as a delay is kept. */
const STEPS = 10;

/**
 * How long messages took, in milliseconds. It can be sent to another process as
 * JSON, and takes in what others have gathered.
 */
export class Delays {
  /** How many took so many tenths of a millisecond. */
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** Adds a delay. */
  add(milliseconds: number, times = 1): void {
    const step = Math.round(milliseconds * STEPS);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + times);
    this.#total += times;
  }

  /** Adds what another one has gathered, as its `toJSON` gives it. */
  addAll(counts: [milliseconds: number, times: number][]): void {
    for (const [milliseconds, times] of counts) this.add(milliseconds, times);
  }

  /** The delay that a part of all, such as 0.99, didn't exceed. */
  quantile(part: number): number {
    let left = Math.ceil(this.#total * part);
    const steps = [...this.#counts.keys()].sort((one, other) => one - other);
    for (const step of steps) {
      left -= this.#counts.get(step)!;
      if (left <= 0) return step / STEPS;
    }
    return NaN;
  }

  /** Each delay, and how many took so long. */
  toJSON(): [milliseconds: number, times: number][] {
    return Array.from(
      this.#counts,
      ([step, times]) => [step / STEPS, times],
    );
  }
}

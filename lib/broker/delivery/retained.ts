import { Buffer } from "node:buffer";
import type { Limits } from "../limits.ts";
import { createTally } from "../log.ts";
import type { Records } from "../store/records.ts";
import { LevelTree } from "./level_tree.ts";
import { type Message, sizeOf } from "./message.ts";

/** Where retained messages outlive the broker, with a store. */
type RetainedRecords = Pick<Records, "retain" | "clear">;

/** A retained message, with its place among all that were kept. */
export interface Retained {
  readonly message: Message;
  readonly number: number;
}

/** The last message of each topic that asked for it. */
export class RetainedMessages {
  readonly #tree = new LevelTree<Retained>();
  readonly #limits: Limits;
  readonly #records: RetainedRecords | undefined;
  readonly #refuse: () => void;
  #bytes = 0;
  /** When the first of them ends. */
  #firstEnd = Infinity;
  count = 0;
  /** The number of the one that was kept last. */
  lastNumber = 0;

  constructor(
    limits: Limits,
    { records, log }: {
      records?: RetainedRecords | undefined;
      log: (line: string) => void;
    },
  ) {
    this.#limits = limits;
    this.#records = records;
    this.#refuse = createTally((count) =>
      log(
        `Retained messages not kept so far: ${count} (maxRetainedMessages is ${limits.maxRetainedMessages}, maxRetainedBytes ${limits.maxRetainedBytes})`,
      )
    );
  }

  /** Takes a message that is to be kept; an empty one takes the last one away. */
  take(message: Message): void {
    const { levels } = message.topic;
    const last = this.#tree.get(levels)?.message;
    if (message.payload.length === 0) {
      if (last !== undefined) this.#delete(last);
    } else if (
      this.#hasRoomFor(message, last) ||
      (this.#deleteEnded() && this.#hasRoomFor(message, last))
    ) {
      // A small payload would keep the whole chunk that it came in.
      const payload = Buffer.from(message.payload);
      const properties = Buffer.from(message.properties);
      const own = { ...message, payload, properties };
      this.put(own);
      this.#records?.retain(own);
    } else {
      this.#refuse();
    }
  }

  /** Keeps a message, without a look at the limits or the store. */
  put(message: Message): void {
    const { levels } = message.topic;
    const last = this.#tree.get(levels);
    if (last !== undefined) this.#count(last.message, -1);
    this.#count(message, 1);
    this.#firstEnd = Math.min(this.#firstEnd, message.expiresAt);
    this.#tree.set(levels, { message, number: ++this.lastNumber });
  }

  /** Whether a message is still the last one of its topic. */
  isCurrent(retained: Retained): boolean {
    return this.#tree.get(retained.message.topic.levels) === retained;
  }

  /**
   * Finds those that a filter lets through, cut at its slashes. `undefined` comes
   * now and then, to let others have their turn.
   */
  match(filter: readonly string[]): Iterable<Retained | undefined> {
    return this.#tree.matched(filter);
  }

  #delete(message: Message): void {
    this.#count(message, -1);
    this.#tree.delete(message.topic.levels);
    this.#records?.clear(message.topic.text);
  }

  /** Makes room, and says whether there was any to make. */
  #deleteEnded(): boolean {
    const now = Date.now();
    if (now < this.#firstEnd) return false;
    this.#firstEnd = Infinity;
    for (const { message } of this.#tree.values()) {
      if (message.expiresAt <= now) this.#delete(message);
      else this.#firstEnd = Math.min(this.#firstEnd, message.expiresAt);
    }
    return true;
  }

  /** Clients have no part in what the broker says of itself. */
  #count(message: Message, sign: 1 | -1): void {
    if (message.topic.levels[0] === "$SYS") return;
    this.count += sign;
    this.#bytes += sign * sizeOf(message);
  }

  #hasRoomFor(message: Message, last: Message | undefined): boolean {
    const { maxRetainedMessages, maxRetainedBytes } = this.#limits;
    const hasPlace = last !== undefined || this.count < maxRetainedMessages;
    const growth = sizeOf(message) - (last === undefined ? 0 : sizeOf(last));
    return hasPlace && this.#bytes + growth <= maxRetainedBytes;
  }
}

import { Buffer } from "node:buffer";
import { createPace, type Pace } from "./pace.ts";
import { type Delivery, publishHeader, pubrel } from "../wire/packets.ts";
import type { Connection } from "../wire/connection.ts";
import type { Limits } from "../limits.ts";
import type { SessionRecord, StoredDelivery } from "../store/records.ts";
import { createTally } from "../tally.ts";

/** How many messages may be under way to a client without its confirmation. */
const WINDOW = 1_000;
/** From how many waiting messages on publishers are slowed down, at most. */
const BACKLOG = 10_000;
/** What may be kept alive by a small payload that came together with others. */
const LARGEST_SLAB = 16_384;
const LAST_MESSAGE_ID = 65_535;

/** How much may wait for a client. */
export type OutboxLimits = Pick<Limits, "maxQueuedMessages" | "maxQueuedBytes">;

/** What an outbox needs to know. */
export interface OutboxOptions {
  /** Is told what the client misses. */
  log: (event: string) => void;
  limits: OutboxLimits;
  /** Whether the client may receive messages of a topic: all, unless given. */
  mayReceive?: (topic: string) => boolean;
  /** Stores what is on its way, for a session with a store. */
  record?: SessionRecord;
  /** What was on its way before the broker was started anew, oldest first. */
  deliveries?: StoredDelivery[];
}

/** A message of QoS 1 or 2 until its end. */
interface Pending extends Omit<StoredDelivery, "number"> {
  /** Names it in the store, once it is there. */
  number: number | undefined;
}

/**
 * What is on its way to one client. At QoS 1 and 2 each message stays until the
 * client has confirmed it; after a reconnection of the same session they are
 * sent again, oldest first, and what has come in meanwhile after them (MQTT
 * 3.1.1 sections 4.4 and 4.6).
 */
export class Outbox {
  #connection: Connection | undefined;
  #pace: Pace | undefined;
  readonly #log: (event: string) => void;
  readonly #mayReceive: (topic: string) => boolean;
  #record: SessionRecord | undefined;
  readonly #sent = new Map<number, Pending>();
  #waiting: Pending[] = [];
  /** How many at the front of `#waiting` have left it. */
  #taken = 0;
  /** Of the messages of QoS 1 and 2 that wait or are under way. */
  #bytes = 0;
  #lastId = 0;
  #dropped = 0;
  readonly #limits: OutboxLimits;
  /** How many messages of QoS 1 and 2 there was no room for. */
  #overflow = 0;
  #tellOverflow = () => {};

  constructor(
    { log, limits, mayReceive = () => true, record, deliveries = [] }:
      OutboxOptions,
  ) {
    this.#log = log;
    this.#limits = limits;
    this.#mayReceive = mayReceive;
    this.#record = record;
    for (const delivery of deliveries) this.#restore(delivery);
  }

  #restore(delivery: StoredDelivery): void {
    const { id, isReceived, number, message } = delivery;
    // The rules may have changed meanwhile.
    if (!isReceived && !this.#mayReceive(message.topic)) {
      this.#record?.complete(number);
      return;
    }
    this.#bytes += sizeOf(message);
    if (id === undefined) {
      this.#waiting.push(delivery);
    } else {
      this.#sent.set(id, delivery);
      this.#lastId = id;
    }
  }

  /** Takes a new connection, and repeats on it what the last one left open. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#pace = createPace(
      connection,
      () => this.#isBehind,
      () => this.#log("does not read: nobody waits for it any more"),
    );
    for (const [id, { message, isReceived }] of this.#sent) {
      if (isReceived) connection.write(pubrel(id));
      else this.#write(message, id, true);
    }
    this.#fill();
  }

  /**
   * Sends a message that the client may receive; at QoS 0 it is lost if the
   * client isn't there.
   */
  send(message: Delivery): void {
    if (!this.#mayReceive(message.topic)) return;
    if (message.qos === 0) {
      this.#sendOnce(message);
    } else if (this.#hasRoomFor(message)) {
      const pending: Pending = {
        number: undefined,
        message: withoutSlab(message),
        id: undefined,
        isReceived: false,
      };
      this.#bytes += sizeOf(message);
      this.#waiting.push(pending);
      this.#fill();
      pending.number = this.#record?.add(pending.message, pending.id);
    } else {
      this.#drop();
    }
  }

  /** Takes what is on its way out of the store: the session has ended. */
  discard(): void {
    const left = [...this.#sent.values(), ...this.#waiting.slice(this.#taken)];
    for (const pending of left) this.#forget(pending);
    this.#record = undefined;
  }

  /** Calls back, never at once, when the client can take another message. */
  whenReady(callback: () => void): void {
    if (this.#pace === undefined) queueMicrotask(callback);
    else this.#pace.whenReady(callback);
  }

  /** PUBREC has come: the payload has done its duty. */
  receive(id: number): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    sent.isReceived = true;
    if (sent.number !== undefined) this.#record?.receive(sent.number);
  }

  /** PUBACK or PUBCOMP has come. */
  complete(id: number): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    this.#sent.delete(id);
    this.#bytes -= sizeOf(sent.message);
    this.#forget(sent);
    this.#fill();
    this.#pace?.check();
  }

  #forget({ number }: Pending): void {
    if (number !== undefined) this.#record?.complete(number);
  }

  get #waitingCount(): number {
    return this.#waiting.length - this.#taken;
  }

  get #isBehind(): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    return this.#waitingCount > Math.min(BACKLOG, maxQueuedMessages / 2) ||
      this.#bytes > maxQueuedBytes / 2;
  }

  #hasRoomFor(message: Delivery): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    return this.#waitingCount < maxQueuedMessages &&
      this.#bytes + sizeOf(message) <= maxQueuedBytes;
  }

  /** Drops a new message: what was taken on before it has been promised. */
  #drop(): void {
    if (this.#overflow === 0) {
      this.#tellOverflow = createTally((count) =>
        this.#log(
          `has ${this.#waitingCount} messages waiting, of ${this.#bytes} bytes: newer ones dropped so far: ${count} (maxQueuedMessages, maxQueuedBytes)`,
        )
      );
    }
    this.#overflow++;
    this.#tellOverflow();
  }

  #sendOnce(message: Delivery): void {
    if (this.#connection === undefined) return;
    if (this.#pace?.isStalled) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      this.#log(`missed ${this.#dropped} messages of QoS 0 meanwhile`);
      this.#dropped = 0;
    }
    this.#write(message);
  }

  #fill(): void {
    if (!this.#connection?.isOpen) return;
    while (this.#waitingCount > 0 && this.#sent.size < WINDOW) {
      const pending = this.#waiting[this.#taken++]!;
      const { number, message } = pending;
      const id = this.#nextId();
      pending.id = id;
      this.#sent.set(id, pending);
      if (number !== undefined) this.#record?.send(number, id);
      this.#write(message, id);
    }
    if (this.#overflow > 0 && this.#waitingCount === 0) {
      this.#log(
        `missed ${this.#overflow} messages of QoS 1 and 2, as too many waited`,
      );
      this.#overflow = 0;
    }
    // What has been taken would be kept alive. Mostly nothing else is there;
    // cutting off the front of a long array is slow: not for each message.
    if (this.#waitingCount === 0) {
      this.#waiting.length = 0;
      this.#taken = 0;
    } else if (this.#taken > WINDOW && this.#taken * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#taken);
      this.#taken = 0;
    }
  }

  #nextId(): number {
    do {
      this.#lastId = this.#lastId % LAST_MESSAGE_ID + 1;
    } while (this.#sent.has(this.#lastId));
    return this.#lastId;
  }

  #write(message: Delivery, id?: number, isDuplicate?: boolean): void {
    const header = publishHeader(message, id, isDuplicate);
    this.#connection?.write(header, message.payload);
  }
}

function sizeOf({ topic, payload }: Delivery): number {
  return topic.length + payload.length;
}

/** A payload is a part of all that came in with it, and would keep that. */
function withoutSlab(message: Delivery): Delivery {
  const { payload } = message;
  const { byteLength } = payload.buffer;
  const isAlone = byteLength <= LARGEST_SLAB ||
    byteLength <= 2 * payload.length;
  return isAlone ? message : { ...message, payload: Buffer.from(payload) };
}

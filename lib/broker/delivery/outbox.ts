import type { Limits } from "../limits.ts";
import { createTally } from "../log.ts";
import { acknowledgement } from "../wire/encode.ts";
import { PACKET, protocolError } from "../wire/packets.ts";
import { type Delivery, type Message, sizeOf, type Terms } from "./message.ts";
import { type Link, Pace } from "./link.ts";

/** How many messages may be under way to a client without its confirmation. */
const WINDOW = 1_000;
/** From how many waiting messages on publishers are slowed down, at most. */
const BACKLOG = 10_000;
const LAST_MESSAGE_ID = 65_535;

/** How much may wait for a client. */
type OutboxLimits = Pick<Limits, "maxQueuedMessages" | "maxQueuedBytes">;

/** What is stored of a message on its way to a client. */
export interface StoredDelivery {
  /** Names it in the store; those that came later have higher ones. */
  number: number;
  delivery: Delivery;
  id: number | undefined;
  /** Whether the client has confirmed a QoS 2 message. */
  isReceived: boolean;
}

/** Stores what becomes of the messages on their way to a client. */
export interface DeliveryRecord {
  /** Stores a message for the client, with its id if it is sent at once. */
  add(delivery: Delivery, id: number | undefined): number;
  /** A message that waited is sent. */
  send(number: number, id: number): void;
  /** The client has confirmed a QoS 2 message. */
  receive(number: number): void;
  /** A message has reached its end. */
  complete(number: number): void;
}

interface OutboxOptions {
  /** Is told what the client misses. */
  log: (event: string) => void;
  limits: OutboxLimits;
  /** Stores what is on its way, for a session with a store. */
  record?: DeliveryRecord | undefined;
  /** What was on its way before the broker was started anew, oldest first. */
  deliveries?: readonly StoredDelivery[] | undefined;
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
  #link: Link | undefined;
  #pace: Pace | undefined;
  readonly #log: (event: string) => void;
  #record: DeliveryRecord | undefined;
  readonly #sent = new Map<number, Pending>();
  /** The ids of those that are to be sent again. */
  #repeats: number[] = [];
  #waiting: Pending[] = [];
  /** How many at the front of `#waiting` have left it. */
  #taken = 0;
  /** Of the messages of QoS 1 and 2 that wait or are under way. */
  #bytes = 0;
  /** When the first that waits ends. */
  #firstEnd = Infinity;
  #lastId = 0;
  /** Whether a message may have had any id. */
  #hasUsedAll: boolean;
  #dropped = 0;
  readonly #limits: OutboxLimits;
  /** How many messages of QoS 1 and 2 there was no room for. */
  #overflow = 0;
  #tellOverflow = () => {};
  #tellLarge: () => void;

  constructor({ log, limits, record, deliveries = [] }: OutboxOptions) {
    this.#log = log;
    this.#limits = limits;
    this.#record = record;
    // Which ids were used before the broker was started anew isn't known.
    this.#hasUsedAll = deliveries.length > 0;
    this.#tellLarge = createTally((count) =>
      this.#log(
        `missed messages that are larger than it takes so far: ${count}`,
      )
    );
    for (const stored of deliveries) {
      this.#count(stored);
      if (stored.id === undefined) {
        this.#waiting.push(stored);
      } else {
        this.#sent.set(stored.id, stored);
        this.#lastId = stored.id;
      }
    }
  }

  /** Takes a new connection, and repeats on it what the last one left open. */
  attach(link: Link): void {
    this.#link = link;
    this.#pace = new Pace(
      link.connection,
      () => this.#isBehind,
      () => this.#log("does not read: nobody waits for it any more"),
    );
    this.#repeats = [];
    for (const [id, { isReceived }] of this.#sent) {
      if (isReceived) link.connection.write(acknowledgement(PACKET.PUBREL, id));
      else this.#repeats.push(id);
    }
    this.#fill();
  }

  detach(): void {
    this.#link = undefined;
  }

  /** Sends a message; at QoS 0 it is lost if the client isn't there. */
  send(message: Message, terms: Terms): void {
    const qos = Math.min(message.qos, terms.qos) as 0 | 1 | 2;
    const retain = message.retain && terms.retainAsPublished;
    const { identifiers, share } = terms;
    const delivery = { message, qos, retain, identifiers, share };
    if (qos === 0) this.#sendOnce(delivery);
    else this.#queue(delivery);
  }

  /** Takes on a message of QoS 1 or 2. */
  #queue(delivery: Delivery): void {
    if (!this.#hasRoomFor(delivery.message)) {
      this.#dropExpired();
      if (!this.#hasRoomFor(delivery.message)) return this.#drop();
    }
    const pending: Pending = {
      number: undefined,
      delivery,
      id: undefined,
      isReceived: false,
    };
    this.#count(pending);
    this.#waiting.push(pending);
    this.#fill();
    if (!this.#isOpen(pending)) return;
    pending.number = this.#record?.add(pending.delivery, pending.id);
  }

  #count({ delivery: { message } }: Pending): void {
    this.#bytes += sizeOf(message);
    this.#firstEnd = Math.min(this.#firstEnd, message.expiresAt);
  }

  /** Takes what is on its way out of the store: the session has ended. */
  discard(): void {
    for (const pending of this.#open) this.#forget(pending);
    this.#record = undefined;
  }

  /**
   * Hands back what others may get in place of this client: of a share, all but
   * what is under way at QoS 2 (MQTT 5.0 section 4.8.2).
   */
  reclaim(share: string): Delivery[] {
    const mayGo = ({ delivery, id }: Pending) =>
      delivery.share === share && (id === undefined || delivery.qos === 1);
    return this.#removeWhere(mayGo);
  }

  /** Drops what waits and isn't allowed any more. */
  retainAllowed(mayReceive: (topic: string) => boolean): void {
    this.#removeWhere(({ delivery, id }) =>
      id === undefined && !mayReceive(delivery.message.topic.text)
    );
  }

  /** How many the client has yet to confirm. */
  get inFlight(): number {
    return this.#sent.size;
  }

  /** Whether the client can take another message. */
  get isReady(): boolean {
    return this.#pace?.isReady ?? true;
  }

  /** Calls back, never at once, when the client can take another message. */
  whenReady(callback: () => void): void {
    if (this.#pace === undefined) queueMicrotask(callback);
    else this.#pace.whenReady(callback);
  }

  acknowledge(id: number): void {
    if (this.#answered("PUBACK", id, 1)) this.complete(id);
  }

  /**
   * PUBREC has come: the payload has done its duty.
   *
   * @returns Whether such a message is known.
   */
  receive(id: number): boolean {
    const sent = this.#answered("PUBREC", id, 2);
    if (sent === undefined) return false;
    if (!sent.isReceived && sent.number !== undefined) {
      this.#record?.receive(sent.number);
    }
    sent.isReceived = true;
    return true;
  }

  release(id: number): void {
    const sent = this.#answered("PUBCOMP", id, 2);
    if (sent === undefined) return;
    if (!sent.isReceived) refuse("PUBCOMP", id, "a message before its PUBREC");
    this.complete(id);
  }

  /** What an answer is to, unless it comes late. */
  #answered(type: string, id: number, qos: 1 | 2): Pending | undefined {
    const sent = this.#sent.get(id);
    if (sent !== undefined) {
      if (sent.delivery.qos === qos) return sent;
      refuse(type, id, `a message of QoS ${sent.delivery.qos}`);
    }
    // MQTT 5.0 has an answer to a PUBREC for nothing.
    const isAnswered = type === "PUBREC" && this.#link?.options.version === 5;
    if (isAnswered || this.#hasUsedAll || id <= this.#lastId) return undefined;
    refuse(type, id, "a message that was never sent");
  }

  /** A message that is under way has reached its end. */
  complete(id: number): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    this.#end(sent);
    this.#fill();
    this.#pace?.check();
  }

  #end(pending: Pending): void {
    if (pending.id !== undefined) this.#sent.delete(pending.id);
    this.#bytes -= sizeOf(pending.delivery.message);
    this.#forget(pending);
  }

  get #open(): Pending[] {
    return [...this.#sent.values(), ...this.#waiting.slice(this.#taken)];
  }

  /** Whether a message hasn't reached its end. */
  #isOpen(pending: Pending): boolean {
    return pending.id === undefined
      ? this.waiting > 0 && this.#waiting.at(-1) === pending
      : this.#sent.get(pending.id) === pending;
  }

  #forget({ number }: Pending): void {
    if (number !== undefined) this.#record?.complete(number);
  }

  #removeWhere(isWanted: (pending: Pending) => boolean): Delivery[] {
    const removed = this.#open.filter(isWanted);
    if (removed.length === 0) return [];
    const gone = new Set(removed);
    this.#waiting = this.#waiting.slice(this.#taken)
      .filter((pending) => !gone.has(pending));
    this.#taken = 0;
    for (const pending of removed) this.#end(pending);
    this.#fill();
    this.#pace?.check();
    return removed.map(({ delivery }) => delivery);
  }

  /** Makes room: what has ended needs none. */
  #dropExpired(): void {
    const now = Date.now();
    if (now < this.#firstEnd) return;
    this.#firstEnd = Infinity;
    this.#removeWhere(({ delivery, id }) => {
      const { expiresAt } = delivery.message;
      if (id !== undefined) return false;
      if (expiresAt > now) {
        this.#firstEnd = Math.min(this.#firstEnd, expiresAt);
      }
      return expiresAt <= now;
    });
  }

  /** How many wait until they may be sent. */
  get waiting(): number {
    return this.#waiting.length - this.#taken;
  }

  get #isBehind(): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    return this.waiting > Math.min(BACKLOG, maxQueuedMessages / 2) ||
      this.#bytes > maxQueuedBytes / 2;
  }

  #hasRoomFor(message: Message): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    return this.waiting < maxQueuedMessages &&
      this.#bytes + sizeOf(message) <= maxQueuedBytes;
  }

  /** Drops a new message: what was taken on before it has been promised. */
  #drop(): void {
    if (this.#overflow === 0) {
      this.#tellOverflow = createTally((count) =>
        this.#log(
          `has ${this.waiting} messages waiting, of ${this.#bytes} bytes: newer ones dropped so far: ${count} (maxQueuedMessages, maxQueuedBytes)`,
        )
      );
    }
    this.#overflow++;
    this.#tellOverflow();
  }

  #sendOnce(delivery: Delivery): void {
    if (this.#link === undefined) return;
    if (this.#pace?.isStalled) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      this.#log(`missed ${this.#dropped} messages of QoS 0 meanwhile`);
      this.#dropped = 0;
    }
    this.#write(delivery);
  }

  #fill(): void {
    if (!this.#link?.connection.isOpen) return;
    const window = Math.min(WINDOW, this.#link.options.receiveMaximum);
    if (this.#repeats.length > 0) this.#repeat(window);
    while (this.waiting > 0 && this.#sent.size < window) {
      const pending = this.#waiting[this.#taken++]!;
      const { number, delivery } = pending;
      const hasEnded = delivery.message.expiresAt <= Date.now();
      const id = this.#nextId();
      if (hasEnded || !this.#write(delivery, id)) {
        this.#end(pending);
        continue;
      }
      this.#hasUsedAll ||= id < this.#lastId;
      this.#lastId = id;
      pending.id = id;
      this.#sent.set(id, pending);
      if (number !== undefined) this.#record?.send(number, id);
    }
    if (this.#overflow > 0 && this.waiting === 0) {
      this.#log(
        `missed ${this.#overflow} messages of QoS 1 and 2, as too many waited`,
      );
      this.#overflow = 0;
    }
    // What has been taken would be kept alive. Mostly nothing else is there;
    // cutting off the front of a long array is slow: not for each message.
    if (this.waiting === 0) {
      this.#waiting.length = 0;
      this.#taken = 0;
    } else if (this.#taken > WINDOW && this.#taken * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#taken);
      this.#taken = 0;
    }
  }

  #repeat(window: number): void {
    const free = window - this.#sent.size + this.#repeats.length;
    const now = this.#repeats.splice(0, Math.max(0, free));
    for (const id of now) {
      const sent = this.#sent.get(id);
      if (sent === undefined || sent.isReceived) continue;
      if (!this.#write(sent.delivery, id, true)) this.#end(sent);
    }
  }

  /** Writes a message, unless the client doesn't take packets so large. */
  #write(delivery: Delivery, id?: number, isDuplicate?: boolean): boolean {
    const isWritten = this.#link!.send(delivery, id, isDuplicate);
    if (!isWritten) this.#tellLarge();
    return isWritten;
  }

  #nextId(): number {
    let id = this.#lastId;
    do {
      id = id % LAST_MESSAGE_ID + 1;
    } while (this.#sent.has(id));
    return id;
  }
}

function refuse(type: string, id: number, what: string): never {
  throw protocolError(`${type} ${id} answers ${what}`);
}

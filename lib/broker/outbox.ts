import { createPace, type Pace } from "./pace.ts";
import { type Delivery, publishHeader, pubrel } from "./packets.ts";
import type { Connection } from "./connection.ts";

/** How many messages may be under way to a client without its confirmation. */
const WINDOW = 1_000;
/** From how many waiting messages on publishers are slowed down. */
const BACKLOG = 10_000;
const LAST_MESSAGE_ID = 65_535;

interface Sent {
  message: Delivery;
  /** Whether the client has confirmed a QoS 2 message: PUBREL is its turn. */
  isReceived: boolean;
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
  readonly #sent = new Map<number, Sent>();
  #waiting: Delivery[] = [];
  /** How many at the front of `#waiting` have left it. */
  #taken = 0;
  #lastId = 0;
  #dropped = 0;

  constructor(log: (event: string) => void) {
    this.#log = log;
  }

  /** Takes a new connection, and repeats on it what the last one left open. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#pace = createPace(
      connection,
      () => this.#waitingCount > BACKLOG,
      () => this.#log("does not read: nobody waits for it any more"),
    );
    for (const [id, { message, isReceived }] of this.#sent) {
      if (isReceived) connection.write(pubrel(id));
      else this.#write(message, id, true);
    }
    this.#fill();
  }

  /** Sends a message; at QoS 0 it is lost if the client isn't there. */
  send(message: Delivery): void {
    if (message.qos === 0) {
      this.#sendOnce(message);
    } else {
      this.#waiting.push(message);
      this.#fill();
    }
  }

  /** Calls back, never at once, when the client can take another message. */
  whenReady(callback: () => void): void {
    if (this.#pace === undefined) queueMicrotask(callback);
    else this.#pace.whenReady(callback);
  }

  /** PUBREC has come: the payload has done its duty. */
  receive(id: number): void {
    const sent = this.#sent.get(id);
    if (sent !== undefined) sent.isReceived = true;
  }

  /** PUBACK or PUBCOMP has come. */
  complete(id: number): void {
    if (!this.#sent.delete(id)) return;
    this.#fill();
    this.#pace?.check();
  }

  get #waitingCount(): number {
    return this.#waiting.length - this.#taken;
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
      const message = this.#waiting[this.#taken++]!;
      const id = this.#nextId();
      this.#sent.set(id, { message, isReceived: false });
      this.#write(message, id);
    }
    // Cutting off the front is slow for a long array: not for each message.
    if (this.#taken > WINDOW && this.#taken * 2 > this.#waiting.length) {
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

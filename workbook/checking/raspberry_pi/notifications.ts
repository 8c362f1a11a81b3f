/**
 * What a pigpio daemon tells its clients of changes.
 *
 * @module
 */

interface Notification {
  /** The client's connection. */
  client: unknown;
  send: (report: Uint8Array) => void;
  /** The GPIOs that it watches, one bit each. */
  bits: number;
  /** How many reports it has had. */
  count: number;
}

/** What a report of 12 bytes holds, besides its number. */
interface Report {
  /** 0 for a change. */
  flags: number;
  /** When, in microseconds. */
  tick: number;
  /** The levels of all GPIOs, one bit each. */
  levels: number;
}

/** The notifications that clients have opened. */
export class Notifications {
  readonly #open = new Map<number, Notification>();
  #handles = 0;

  /** Opens a notification for a client, which watches nothing yet. */
  open(client: unknown, send: (report: Uint8Array) => void): number {
    const handle = this.#handles++;
    this.#open.set(handle, { client, send, bits: 0, count: 0 });
    return handle;
  }

  /** Whether a handle is open. */
  has(handle: number): boolean {
    return this.#open.has(handle);
  }

  /** Sets the GPIOs that are watched; false if the handle isn't open. */
  watch(handle: number, bits: number): boolean {
    const notification = this.#open.get(handle);
    if (notification !== undefined) notification.bits = bits;
    return notification !== undefined;
  }

  /** Whether some client is told when a GPIO changes. */
  isWatched(gpio: number): boolean {
    return this.#open.values().some(({ bits }) => bits >>> gpio & 1);
  }

  /** Closes a notification; false if the handle isn't open. */
  close(handle: number): boolean {
    return this.#open.delete(handle);
  }

  /** Closes all notifications of a client. */
  forget(client: unknown): void {
    for (const [handle, notification] of this.#open) {
      if (notification.client === client) this.#open.delete(handle);
    }
  }

  /** Sends a report to those that watch some GPIO, or to all. */
  send({ flags, tick, levels }: Report, gpio?: number): void {
    for (const notification of this.#open.values()) {
      const isMeant = gpio === undefined || notification.bits >>> gpio & 1;
      if (!isMeant) continue;
      const report = new DataView(new ArrayBuffer(12));
      report.setUint16(0, notification.count++, true);
      report.setUint16(2, flags, true);
      report.setUint32(4, tick, true);
      report.setUint32(8, levels, true);
      notification.send(new Uint8Array(report.buffer));
    }
  }
}

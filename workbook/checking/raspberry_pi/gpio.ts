/**
 * One GPIO of a Raspberry Pi, with a button that connects it to ground.
 *
 * @module
 */

/** A level, and for how many microseconds it lasts. */
export type Step = readonly [level: 0 | 1, microseconds: number];

/** A change that the daemon tells, and when. */
interface Edge {
  level: 0 | 1;
  tick: number;
}

/** A GPIO. */
export class FakeGpio {
  /** 0 is input, 1 output. */
  mode = 0;
  /** 0 is off, 1 down, 2 up. */
  pull = 0;
  /** How many microseconds a level must last to be told: the glitch filter. */
  steady = 0;
  /** The level now; a resistor holds it up while the button is up. */
  level: 0 | 1 = 1;
  /** The level that was told last. */
  told: 0 | 1 = 1;

  /**
   * Goes through some levels.
   *
   * @param steps The levels; the last one must outlast the glitch filter.
   * @param start The tick at which the first begins.
   * @returns The edges that pass the glitch filter.
   */
  play(steps: readonly Step[], start: number): Edge[] {
    const edges: Edge[] = [];
    let changed = start;
    let now = start;
    for (const [level, microseconds] of steps) {
      if (level !== this.level) changed = now;
      this.level = level;
      now += microseconds;
      if (level === this.told || now - changed < this.steady) continue;
      this.told = level;
      edges.push({ level, tick: changed + this.steady });
    }
    return edges;
  }
}

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

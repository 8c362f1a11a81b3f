// Mosquitto takes 20. While all of them are taken it acknowledges messages of QoS
// 1, drops them, and closes the connection: so one place stays free.
const DEFAULT_QOS_2_WINDOW = 19;
const DEFAULT_WINDOW = 1000;

interface Waiting {
  qos: 0 | 1 | 2;
  send: () => void;
}

/**
 * Publishes that wait: at QoS 0 for the connection or its buffer, at QoS 1 and 2
 * for a place in the in-flight window. MQTT.js knows neither of these bounds.
 */
export class PublishQueue {
  readonly #canSend: () => boolean;
  readonly #most: number;
  readonly #mostQos2: number;
  readonly #unacknowledged: Waiting[] = [];
  readonly #acknowledged: Waiting[] = [];
  #window: number;
  #inflight = 0;
  #inflightQos2 = 0;

  /**
   * @param canSend Whether the connection stands and its buffer has room.
   * @param window The in-flight window, if the user chose one.
   */
  constructor(canSend: () => boolean, window: number | undefined) {
    this.#canSend = canSend;
    this.#most = window ?? DEFAULT_WINDOW;
    this.#mostQos2 = window ?? DEFAULT_QOS_2_WINDOW;
    this.#window = this.#most;
  }

  /** How many QoS 1 and 2 publishes may be in flight now. */
  get window(): number {
    return this.#window;
  }

  /** Takes over what the server allows (MQTT 5 section 3.2.2.3.3). */
  limitWindow(receiveMaximum: number): void {
    this.#window = Math.min(this.#most, receiveMaximum);
  }

  /** Adds a publish; `send` is given what to call when it has been answered. */
  add(qos: 0 | 1 | 2, send: (answered: () => void) => void): void {
    if (qos === 0) {
      this.#unacknowledged.push({ qos, send: () => send(() => {}) });
    } else {
      this.#acknowledged.push({ qos, send: () => this.#begin(qos, send) });
    }
    this.sendWaiting();
  }

  /** Sends what may be sent now. */
  sendWaiting(): void {
    while (this.#canSend() && this.#unacknowledged.length > 0) {
      this.#unacknowledged.shift()?.send();
    }
    while (this.#canSend() && this.#inflight < this.#window) {
      const [next] = this.#acknowledged;
      const isFull = this.#inflightQos2 >= this.#mostQos2;
      if (next === undefined || (next.qos === 2 && isFull)) return;
      this.#acknowledged.shift();
      next.send();
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.#unacknowledged.length = 0;
    this.#acknowledged.length = 0;
  }

  #begin(qos: 1 | 2, send: (answered: () => void) => void): void {
    this.#count(qos, 1);
    send(() => {
      this.#count(qos, -1);
      this.sendWaiting();
    });
  }

  #count(qos: 1 | 2, change: 1 | -1): void {
    this.#inflight += change;
    if (qos === 2) this.#inflightQos2 += change;
  }
}

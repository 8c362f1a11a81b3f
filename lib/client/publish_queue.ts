// Mosquitto takes 20. While all of them are taken it acknowledges messages of QoS
// 1, drops them, and closes the connection: so one place stays free.
const DEFAULT_QOS_2_WINDOW = 19;
const DEFAULT_WINDOW = 1000;

type Qos = 0 | 1 | 2;

/** What a {@linkcode PublishQueue} needs of the client. */
interface QueueOptions<Publish> {
  /** Whether the connection stands and its buffer has room. */
  canSend: () => boolean;
  /** Sends one, and sees to it that its answer is noted. */
  send: (publish: Publish) => void;
  /** The in-flight window, if the user chose one. */
  window: number | undefined;
}

/**
 * Publishes that wait: at QoS 0 for the connection or its buffer, at QoS 1 and 2
 * for a place in the in-flight window. MQTT.js knows neither of these bounds.
 */
export class PublishQueue<Publish extends { qos: Qos }> {
  readonly #canSend: () => boolean;
  readonly #send: (publish: Publish) => void;
  readonly #most: number;
  readonly #mostQos2: number;
  readonly #unacknowledged: Publish[] = [];
  readonly #acknowledged: Publish[] = [];
  #window: number;
  #inflight = 0;
  #inflightQos2 = 0;

  constructor({ canSend, send, window }: QueueOptions<Publish>) {
    this.#canSend = canSend;
    this.#send = send;
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

  /**
   * Sends a publish, now if it may be sent and none waits before it.
   *
   * @returns Whether it was sent now.
   */
  add(publish: Publish): boolean {
    const waiting = publish.qos === 0
      ? this.#unacknowledged
      : this.#acknowledged;
    const isNow = waiting.length === 0 && this.#mayBegin(publish);
    if (isNow) this.#begin(publish);
    else waiting.push(publish);
    return isNow;
  }

  /** Notes that a publish of QoS 1 or 2 has been answered, which makes room. */
  noteAnswer({ qos }: Publish): void {
    this.#inflight--;
    if (qos === 2) this.#inflightQos2--;
    this.sendWaiting();
  }

  /** Sends what may be sent now. */
  sendWaiting(): void {
    this.#sendFirst(this.#unacknowledged);
    this.#sendFirst(this.#acknowledged);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#unacknowledged.length = 0;
    this.#acknowledged.length = 0;
  }

  #sendFirst(waiting: Publish[]): void {
    while (waiting.length > 0 && this.#mayBegin(waiting[0]!)) {
      this.#begin(waiting.shift()!);
    }
  }

  #mayBegin({ qos }: Publish): boolean {
    if (!this.#canSend()) return false;
    if (qos === 0) return true;
    return this.#inflight < this.#window &&
      (qos === 1 || this.#inflightQos2 < this.#mostQos2);
  }

  #begin(publish: Publish): void {
    if (publish.qos > 0) this.#inflight++;
    if (publish.qos === 2) this.#inflightQos2++;
    this.#send(publish);
  }
}

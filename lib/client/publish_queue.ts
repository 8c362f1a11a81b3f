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

// deno-lint-ignore no-explicit-any -- MQTT.js's callbacks differ in all they take
type Callback = (error?: any, ...rest: any[]) => void;

/**
 * Callbacks that MQTT.js owes. It forgets some when it is ended while offline:
 * here each is called once, by MQTT.js or at the end.
 */
export class Unsettled {
  // A Set or a Map would keep all that pass through it: its full tables refer to
  // their successors, and once one has grown old, they are collected with it only.
  readonly #callbacks: Record<number, Callback> = {};
  #last = 0;
  #count = 0;
  #onEmpty: (() => void) | undefined;

  /** Takes a callback, and gives the number under which it is called. */
  add(callback: Callback = () => {}): number {
    this.#callbacks[++this.#last] = callback;
    this.#count++;
    return this.#last;
  }

  /** Takes a callback, and makes one of it that MQTT.js may be given. */
  track(callback: Callback): Callback {
    const number = this.add(callback);
    return (...result) => this.settle(number, ...result);
  }

  settle(number: number, ...result: Parameters<Callback>): void {
    const callback = this.#callbacks[number];
    if (callback === undefined) return;
    delete this.#callbacks[number];
    this.#count--;
    callback(...result);
    if (this.#count === 0) this.#onEmpty?.();
  }

  /** Calls each that is left with an error, the oldest first. */
  settleAll(error: Error): void {
    for (const number in this.#callbacks) this.settle(Number(number), error);
  }

  /** Waits until all were called, for some milliseconds at most, or until `stop`. */
  whenEmpty(timeout: number, stop: Promise<unknown>): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeout);
    this.#onEmpty = resolve;
    stop.then(() => resolve());
    return promise.finally(() => {
      clearTimeout(timer);
      this.#onEmpty = undefined;
    });
  }
}

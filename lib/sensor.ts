import { describeError } from "./describe_error.ts";
import type { Client, ConnectOptions } from "./connect.ts";
import { inLine } from "./errors.ts";
import { printable } from "./printable.ts";
import {
  Publisher,
  type PublishOptions,
  type PublishProperties,
} from "./publisher.ts";
import { formatTimedReading } from "./timed_reading.ts";
import { assertTopicName } from "./topics.ts";

/** What a sensor measures: a finite number, or a text that it gives. */
export type SensorValue = number | string;

/** Options of {@linkcode Sensor}. */
export interface SensorOptions
  extends ConnectOptions, Omit<PublishOptions, "properties"> {
  /** What each message carries in MQTT 5; `properties` are the connection's. */
  messageProperties?: PublishProperties;
  /** The broker; `MQTT_URL`, then localhost, unless given. */
  host?: string;
  /** A connection to share; the sensor opens and closes its own unless given. */
  client?: Client;
  /**
   * Gives the value, in place of a random one. What is neither a finite number nor a text
   * isn't published, and the log says so once.
   */
  read?: () => SensorValue | Promise<SensorValue>;
  /**
   * Whether to send the time with the value, as JSON that `CsvRecorder` reads with
   * `timeFrom: "payload"`; false unless given.
   */
  sendTime?: boolean;
  /** Called with each value that is published. */
  onValue?: (value: SensorValue, topic: string) => void;
}

const LONGEST_INTERVAL = (2 ** 31 - 1) / 1000;

/**
 * A virtual sensor: publishes a uniform random value on a topic at each interval
 * (document ko §5 a, class `Sensor`). The first value comes after one interval,
 * and the intervals don't drift, whatever the clock on the wall does.
 *
 * While the connection is lost nothing is published: an old value is worth
 * nothing, so none waits for the broker's return.
 *
 * @example A thermometer, every 10 milliseconds
 * ```ts
 * import { messages, Sensor, startBroker } from "./mod.ts";
 * import { assert } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * await using sensor = new Sensor(0.01, [3, 10], "iot/user1/temp", {
 *   host: broker.url,
 * });
 * await sensor.start();
 * for await (const { number } of messages(broker.url, "iot/#")) {
 *   assert(3 <= number && number < 10);
 *   break;
 * }
 * ```
 */
export class Sensor implements AsyncDisposable {
  /** Seconds between two readings. */
  readonly interval: number;
  /** The least and the greatest value. */
  readonly range: readonly [least: number, greatest: number];
  /** The topic that the values are published on. */
  readonly topic: string;
  readonly #options: SensorOptions;
  #publisher: Publisher | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One for each start, so that what an earlier one began doesn't go on. */
  #run: symbol | undefined;
  #hasFailed = false;

  /**
   * Describes the sensor; `start` sets it going.
   *
   * @throws {TypeError | RangeError} If the interval (seconds above 0), the range or the
   * topic isn't valid.
   */
  constructor(
    interval: number,
    range: readonly [least: number, greatest: number],
    topic: string,
    options: SensorOptions = {},
  ) {
    if (!(interval > 0 && interval <= LONGEST_INTERVAL)) {
      throw new RangeError(
        `Interval is ${interval}: it must be a number of seconds above 0`,
      );
    }
    const [least, greatest] = range;
    if (!Number.isFinite(greatest - least) || least > greatest) {
      throw new RangeError(
        `Range is [${range}]: it must be two numbers, the smaller first`,
      );
    }
    assertTopicName(topic);
    this.interval = interval;
    this.range = range;
    this.topic = topic;
    this.#options = options;
  }

  /**
   * Connects, unless the connection is shared, and begins to publish.
   *
   * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
   */
  async start(): Promise<void> {
    if (this.#run !== undefined) return;
    const run = this.#run = Symbol();
    const { client, host } = this.#options;
    try {
      const publisher = client === undefined
        ? await Publisher.connect(host, this.#options)
        : new Publisher(client);
      if (this.#run !== run) return await publisher.close();
      // Told here, so that the connection doesn't tell it too.
      if (client === undefined) {
        publisher.client.refused.catch((error) => this.#report(error));
      }
      this.#publisher = publisher;
    } catch (error) {
      if (this.#run === run) this.#run = undefined;
      throw error;
    }
    this.#schedule(run, performance.now(), 1);
  }

  /** Waits for the tick after `start` by whole intervals, so that none drifts. */
  #schedule(run: symbol, start: number, tick: number): void {
    const due = start + tick * this.interval * 1000;
    const wait = Math.max(0, due - performance.now());
    this.#timer = setTimeout(async () => {
      await this.#publish(run);
      if (this.#run !== run) return;
      const passed = (performance.now() - start) / (this.interval * 1000);
      this.#schedule(run, start, Math.max(tick, Math.floor(passed)) + 1);
    }, wait);
  }

  async #publish(run: symbol): Promise<void> {
    const { onValue, qos = 0, retain = false } = this.#options;
    const { messageProperties: properties, sendTime = false } = this.#options;
    try {
      const value = await this.#read();
      if (this.#run !== run || this.#isOffline) return;
      onValue?.(value, this.topic);
      const options = { qos, retain, ...(properties && { properties }) };
      const payload = sendTime ? formatTimedReading(value) : value;
      this.#publisher?.publish(this.topic, payload, options)
        .then(() => this.#hasFailed = false, (error) => this.#report(error));
    } catch (error) {
      this.#report(error as Error);
    }
  }

  /** Whether the connection is lost, and sought again. */
  get #isOffline(): boolean {
    const client = this.#publisher?.client;
    return client?.reconnecting === true && !client.disconnecting;
  }

  async #read(): Promise<SensorValue> {
    const [least, greatest] = this.range;
    const { read } = this.#options;
    if (read === undefined) return least + Math.random() * (greatest - least);
    const value: unknown = await read();
    if (typeof value === "string" || Number.isFinite(value)) {
      return value as SensorValue;
    }
    throw new TypeError(
      `Value read is ${inLine(value)}: it must be a finite number or a text`,
    );
  }

  /** Says once that the sensor fails, until it has succeeded again. */
  #report(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const { log = console.error } = this.#options;
    log(printable(`Sensor on ${this.topic} failed: ${describeError(error)}`));
  }

  /**
   * Stops at once, waits for what is in flight unless the connection is lost, and closes
   * the sensor's own connection.
   */
  async stop(): Promise<void> {
    this.#run = undefined;
    clearTimeout(this.#timer);
    const publisher = this.#publisher;
    const options = this.#isOffline ? { timeout: 0 } : {};
    this.#publisher = undefined;
    await publisher?.close(options).catch((error) => this.#report(error));
  }

  /** Stops the sensor. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

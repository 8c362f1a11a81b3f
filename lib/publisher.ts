import { Buffer } from "node:buffer";
import { AnswerWatch, Unfinished } from "./client/answers.ts";
import { ToolkitClient } from "./client/client.ts";
import { type Client, connect, type ConnectOptions } from "./connect.ts";
import { decapitalize, PublishError } from "./errors.ts";
import type { PublishOptions } from "./client/options.ts";

export type { PublishProperties } from "./properties.ts";
export type { PublishOptions } from "./client/options.ts";

/** Options of {@linkcode Publisher}. */
export interface PublisherOptions {
  /**
   * How many messages may wait until further ones are refused; 10,000 unless given.
   */
  queueLimit?: number;
  /**
   * Seconds after which `ready` and `flush` give up a broker that is connected but
   * acknowledges nothing; 30 unless given.
   */
  answerTimeout?: number;
}

const DONE = Promise.resolve();
const FAILURES_TO_KEEP = 10;

/**
 * Publishes many messages over one connection under flow control: what paho's
 * `publish` and `wait_for_publish` do together (document fr, "QoS").
 *
 * Each promise of `publish` settles: at QoS 0 once the message is on its way, which may
 * be lost with the connection; at QoS 1 and 2 once the broker has it (PUBACK, PUBCOMP).
 * At most `inflightWindow` of these are in flight. While the broker is away messages
 * wait, up to `queueLimit`. A message at which the broker ends the connection three
 * times is given up, and one that is never acknowledged is rejected by `close`.
 *
 * What a lost connection has left in flight (MQTT 3.1.1 sections 4.1, 4.3 and 4.4) is at
 * QoS 1 sent again: it arrives once or more often. At QoS 2 it goes on where it was, and
 * arrives once, if the broker keeps the session (`clean: false` and a `clientId`, for
 * the time of this program). If it doesn't, nobody can know whether it arrived: its
 * promise rejects with a {@linkcode PublishError} whose `mayHaveArrived` is true.
 *
 * @example A thousand readings, as fast as the connection takes them
 * ```ts
 * import { Publisher, startBroker } from "./mod.ts";
 *
 * await using broker = await startBroker({ port: 0 });
 * await using publisher = await Publisher.connect(broker.url);
 * for (let reading = 0; reading < 1000; reading++) {
 *   await publisher.ready;
 *   publisher.publish("iot/user1/temp", reading, { qos: 1 });
 * }
 * await publisher.flush();
 * ```
 */
export class Publisher implements AsyncDisposable {
  readonly #client: ToolkitClient;
  readonly #queueLimit: number;
  readonly #answers: AnswerWatch;
  #ownsClient = false;
  readonly #pending = new Unfinished();
  #failed: Error[] = [];
  #failures = 0;
  #room: PromiseWithResolvers<void> | undefined;

  /**
   * Publishes over a connection that others may use too, and that `close` leaves open.
   *
   * @throws {TypeError | RangeError} If `connect` has not made the client, or a limit
   * isn't above 0.
   */
  constructor(client: Client, options: PublisherOptions = {}) {
    const { queueLimit = 10_000, answerTimeout = 30 } = options;
    if (!Number.isInteger(queueLimit) || queueLimit < 1) {
      throw new RangeError(
        `Queue limit is ${queueLimit}: it must be a whole number above 0`,
      );
    }
    if (!(answerTimeout > 0)) {
      throw new RangeError(
        `Answer timeout is ${answerTimeout}: it must be a number of seconds above 0`,
      );
    }
    if (!(client instanceof ToolkitClient)) {
      throw new TypeError("Client is not one that connect() gave");
    }
    this.#client = client;
    this.#queueLimit = queueLimit;
    this.#answers = new AnswerWatch(client, answerTimeout);
  }

  /**
   * Connects as `connect` does, over a connection of its own, which `close` ends.
   *
   * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
   */
  static async connect(
    host?: string,
    options: PublisherOptions & ConnectOptions = {},
  ): Promise<Publisher> {
    const publisher = new Publisher(await connect(host, options), options);
    publisher.#ownsClient = true;
    return publisher;
  }

  /** MQTT.js's client behind it. */
  get client(): Client {
    return this.#client;
  }

  /**
   * Resolves when there is room in the in-flight window and in the connection's buffer:
   * await it before each `publish` to go no faster than the connection does.
   *
   * @throws {BrokerUnreachableError} If the broker acknowledges nothing for
   * `answerTimeout`; an outage is waited out.
   */
  get ready(): Promise<void> {
    if (this.#hasRoom) return DONE;
    if (this.#room === undefined) {
      this.#room = Promise.withResolvers<void>();
      this.#room.promise.catch(() => {});
      this.#answers.begin(this.#giveUp);
      this.#client.onRoom = [...this.#client.onRoom, this.#wake];
    }
    return this.#room.promise;
  }

  get #hasRoom(): boolean {
    const most = Math.min(this.#client.window, this.#queueLimit);
    const { connected, stream } = this.#client;
    return this.#pending.count < most &&
      !(connected && stream.writableNeedDrain);
  }

  readonly #wake = () => {
    if (this.#room !== undefined && this.#hasRoom) this.#endWait()?.resolve();
  };

  readonly #giveUp = (error: Error) => this.#endWait()?.reject(error);

  #endWait(): PromiseWithResolvers<void> | undefined {
    this.#answers.end(this.#giveUp);
    const { onRoom } = this.#client;
    this.#client.onRoom = onRoom.filter((tell) => tell !== this.#wake);
    const room = this.#room;
    this.#room = undefined;
    return room;
  }

  /**
   * Publishes a message: text, bytes, or a finite number, which is sent as text. It
   * resolves once the message is on its way (QoS 0) or with the broker (QoS 1 and 2).
   * Left alone, a failure is told by `flush` and `close`.
   *
   * @throws {PublishError} If the queue is full, the broker doesn't take the message, the
   * connection was closed first, or, at QoS 2, the session was lost.
   * @throws {TypeError | RangeError} If the topic, the payload or an option isn't valid.
   */
  publish(
    topic: string,
    payload: string | number | Uint8Array,
    options: PublishOptions = {},
  ): Promise<void> {
    const { qos = 0 } = options;
    let bytes: string | Buffer;
    try {
      bytes = toPayload(payload);
    } catch (error) {
      return this.#fail(topic, error as Error);
    }
    if (qos === 0 && this.#client.canSend) {
      try {
        this.#client.publish(topic, bytes, options);
        return DONE;
      } catch (error) {
        return this.#fail(topic, error as Error);
      }
    }
    if (this.#pending.count >= this.#queueLimit) {
      const waiting = this.#queueLimit.toLocaleString("en");
      return this.#fail(
        topic,
        new PublishError(topic, `the queue is full (${waiting} messages wait)`),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begun = this.#pending.begin();
    this.#client.publish(topic, bytes, options, (error) => {
      this.#pending.finish(begun);
      this.#answers.note();
      if (error) {
        promise.catch(() => {});
        reject(this.#note(topic, error));
      } else resolve();
      this.#wake();
    });
    return promise;
  }

  #fail(topic: string, error: Error): Promise<never> {
    const failed = Promise.reject(this.#note(topic, error));
    failed.catch(() => {});
    return failed;
  }

  /** Keeps the first few failures, for `flush`, and counts the rest. */
  #note(topic: string, error: Error): Error {
    const failure = error instanceof PublishError || isMisuse(error)
      ? error
      : new PublishError(topic, decapitalize(error.message), { cause: error });
    if (++this.#failures <= FAILURES_TO_KEEP) this.#failed.push(failure);
    return failure;
  }

  /**
   * Waits until each message so far is on its way or with the broker.
   *
   * @throws {AggregateError} If messages were not published since the last `flush`;
   * `errors` holds the first ten failures.
   * @throws {BrokerUnreachableError} If the broker acknowledges nothing for
   * `answerTimeout`.
   */
  async flush(): Promise<void> {
    await this.#answers.wait(this.#whenSettled());
    await this.#client.whenWritten();
    this.#throwFailures();
  }

  /**
   * Waits for what is in flight, at most `timeout` seconds (5 unless given), and ends the
   * connection if it is the publisher's own.
   *
   * @throws {AggregateError} If messages were not published since the last `flush`.
   */
  async close(options: { timeout?: number } = {}): Promise<void> {
    const { timeout = 5 } = options;
    if (this.#ownsClient) await this.#client.close({ timeout });
    else await this.#whenSettled(timeout);
    this.#throwFailures(this.#pending.count);
  }

  /** Closes the publisher. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits for what is pending now, for `timeout` seconds at most. */
  async #whenSettled(timeout?: number): Promise<void> {
    const settled = this.#pending.whenFinished();
    if (timeout === undefined) return void await settled;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeout * 1000);
    await Promise.race([settled, late]);
    clearTimeout(timer);
  }

  #throwFailures(unanswered = 0): void {
    const failed = this.#failed.splice(0);
    const count = this.#failures + unanswered;
    this.#failures = 0;
    if (count === 0) return;
    const first = failed[0]?.message ?? "the broker has not answered";
    const isUnsure = failed.some((error) =>
      error instanceof PublishError && error.mayHaveArrived
    );
    const what = isUnsure ? "confirmed" : "published";
    throw new AggregateError(
      failed,
      count === 1 ? first : `${count} messages were not ${what}: ${first}`,
    );
  }
}

function isMisuse(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function toPayload(payload: string | number | Uint8Array): string | Buffer {
  if (typeof payload === "string") return payload;
  if (Number.isFinite(payload)) return String(payload);
  if (payload instanceof Uint8Array) {
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  }
  throw new TypeError(
    `Payload is ${payload}: it must be text, bytes or a finite number`,
  );
}

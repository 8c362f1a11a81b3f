import {
  type ClientSubscribeCallback,
  type IClientOptions,
  type IClientPublishOptions,
  type IDisconnectPacket,
  type ISubscriptionMap,
  MqttClient,
  type PacketCallback,
} from "mqtt";
import { Buffer } from "node:buffer";
import process from "node:process";
import type { BrokerAddress } from "./address.ts";
import {
  type CloseOptions,
  type PublishOptions,
  toDisconnect,
} from "./options.ts";
import type { Addresses } from "./address_turns.ts";
import { ConnectionWatch } from "./connection_watch.ts";
import { InflightLedger } from "./inflight.ts";
import { internalsOf, MessageIds, watchSilence } from "./mqttjs.ts";
import { assertMqtt5, packProperties } from "./packet_properties.ts";
import { PublishQueue, Unsettled } from "./publish_queue.ts";
import {
  explainRefusal,
  type Outgoing,
  refuseByLimits,
  refuseSubscription,
} from "./refusals.ts";
import { openStream, type StreamOptions } from "./stream.ts";
import { printable } from "../printable.ts";
import { Subscriptions } from "./subscriptions.ts";
import { assertQos, assertTopicFilter, assertTopicName } from "../topics.ts";
import { tracePackets } from "./trace.ts";
import { type FilterRequest, readRequests } from "./topic_requests.ts";
import type { GatheringStream } from "./write_buffer.ts";
import {
  type ConnectionRefusedError,
  decapitalize,
  NotMqttError,
  PublishError,
} from "../errors.ts";

const CONNACK_TIMEOUT = 10_000;
// How long the peer has to close its side, where that is all that is awaited.
const HASTE = 1000;

/** What a {@linkcode ToolkitClient} needs beside MQTT.js's own options. */
interface ToolkitOptions extends StreamOptions {
  addresses: Addresses;
  inflightWindow: number | undefined;
  retryDelay: [shortest: number, longest: number];
  log: (line: string) => void;
}

/** A publish that MQTT.js has not been given, or has not answered. */
interface WaitingPublish extends Outgoing {
  qos: 0 | 1 | 2;
  /** The number of the callback of who asked for it. */
  number: number;
}

type SubscribeTopics = string | string[] | ISubscriptionMap;

/**
 * MQTT.js's client with what it lacks: a growing pause between reconnects, a
 * window of publishes in flight, topics that are checked before they are sent,
 * and an end after which no promise is left pending.
 */
export class ToolkitClient extends MqttClient implements AsyncDisposable {
  readonly addresses: readonly BrokerAddress[];
  /** Prints a line about the connection. */
  readonly report: (line: string) => void;
  /** What the program wants to be subscribed to. */
  readonly subscriptions: Subscriptions;
  /** What is known of its connections. */
  readonly watch: ConnectionWatch;
  /** The refusal after which the client no longer tries. */
  refusal: ConnectionRefusedError | undefined;
  readonly #refused = Promise.withResolvers<never>();
  readonly #unsettled = new Unsettled();
  readonly #publishes: PublishQueue<WaitingPublish>;
  /** What is called whenever there may be room for a publish. */
  onRoom: readonly (() => void)[] = [];
  readonly #inflight: InflightLedger;
  /** What is to be subscribed to, or not, after what goes one by one. */
  readonly #waitingToAsk: (() => void)[] = [];
  /** Whether someone waits for a refusal, and so will tell of it. */
  #isWatched = false;
  #isReady = false;
  #hasToldLowerAnswer = false;
  #lastTopic: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: IClientOptions, toolkit: ToolkitOptions) {
    const { addresses, inflightWindow, retryDelay, log } = toolkit;
    super((client) => {
      const stream = openStream(client, this.watch.begin(), toolkit);
      stream.on("error", (error: Error) => this.watch.fail(error));
      stream.on("drain", () => {
        this.#publishes.sendWaiting();
        this.#tellRoom();
      });
      return stream;
    }, {
      connectTimeout: CONNACK_TIMEOUT,
      resubscribe: false,
      // MQTT.js's debug output costs time even while nobody looks at it.
      ...(process.env.DEBUG === undefined && { log: () => {} }),
      reconnectPeriod: retryDelay[0] * 1000,
      ...options,
      // A timer made anew at each acknowledgement costs more than a ping a minute.
      reschedulePings: false,
      manualConnect: true,
    });
    this.messageIdProvider = new MessageIds(this);
    this.addresses = addresses;
    // Topics and payloads in it are strangers'.
    this.report = (line) => log(printable(line));
    this.watch = new ConnectionWatch(this, addresses, retryDelay);
    this.#publishes = new PublishQueue({
      canSend: () => this.canSend,
      send: (publish) => this.#send(publish),
      window: inflightWindow,
    });
    this.subscriptions = new Subscriptions(this);
    this.#inflight = new InflightLedger(this, {
      hasNodes: addresses.length > 1,
      onReleased: () => this.#goOn(),
    });
    this.outgoingStore = this.#inflight;
    this.#refused.promise.catch(() => {});
    this.#watchConnection();
    watchSilence(this);
    tracePackets(this);
    // Only a client that connects at once may be ended for good.
    this.options.manualConnect = false;
    this.connect();
  }

  /** Where the last attempt went. */
  get address(): BrokerAddress {
    return this.watch.address;
  }

  /** See {@linkcode Client}. */
  get sessionPresent(): boolean {
    return this.watch.session.isPresent;
  }

  /** See {@linkcode Client}. */
  get refused(): Promise<never> {
    this.#isWatched = true;
    return this.#refused.promise;
  }

  /** Whether the connection stands and its buffer has room. */
  get canSend(): boolean {
    return this.#isReady && !this.#inflight.isHolding &&
      !this.stream.writableNeedDrain;
  }

  /** How many QoS 1 and 2 publishes may be in flight now. */
  get window(): number {
    return this.#publishes.window;
  }

  /** What the broker says counts, also for a client that would never ping. */
  override get keepalive(): number {
    const { serverKeepAlive } = this.serverProperties ?? {};
    return (this.connected ? serverKeepAlive : undefined) ?? super.keepalive;
  }

  /** Waits until all that was sent has left, or the connection is lost. */
  whenWritten(): Promise<void> {
    return (this.stream as GatheringStream).whenWritten();
  }

  #watchConnection(): void {
    this.on("connect", (connack) => {
      const { receiveMaximum = Infinity } = connack.properties ?? {};
      this.#publishes.limitWindow(receiveMaximum);
      this.watch.stand();
      this.#inflight.resume(connack, this.watch.session.isKept);
      this.#isReady = true;
      if (!this.#inflight.isHolding) this.#goOn();
      this.#tellRoom();
    });
    // Ahead of MQTT.js's own listener, which starts the timer.
    this.prependListener("close", () => {
      const { pause, isLoss, isCut } = this.watch.end(this.#isReady);
      this.options.reconnectPeriod = pause;
      this.#isReady = false;
      if (isCut) this.#inflight.noteCut(this.watch.lastError);
      if (isLoss) this.watch.tellLoss(isCut);
      this.#tellRoom();
    });
    this.on("error", (error) => {
      this.watch.fail(error);
      this.#handleRefusal(error);
      this.#handleMalformed(error);
    });
  }

  /** Sends what waits, and asks for what the session does not know. */
  #goOn(): void {
    this.#publishes.sendWaiting();
    for (const send of this.#waitingToAsk.splice(0)) send();
    // After what a program asks for in its own listener.
    queueMicrotask(() => {
      const { isKept, hasMoved } = this.watch.session;
      // Another node may have a session from before, with other subscriptions.
      this.subscriptions.renew(isKept && !hasMoved);
    });
  }

  #handleRefusal(error: Error): void {
    const found = this.watch.refusalIn(error);
    if (found === undefined) return;
    const { refusal, isLater, next } = found;
    this.options.reconnectOnConnackError = next !== undefined;
    if (next !== undefined) return this.report(`${refusal.message}; ${next}`);
    if (isLater && !this.#isWatched) this.report(refusal.message);
    this.refusal = refusal;
    this.#refused.reject(refusal);
    this.#settleAll(refusal);
  }

  /** Closes the connection, as [MQTT-4.8.0-1] asks; MQTT.js would read on. */
  #handleMalformed(error: Error): void {
    const isMalformed = !("code" in error) && !this.stream.destroyed &&
      !this.disconnecting;
    if (!isMalformed) return;
    this.cut(new NotMqttError(error));
  }

  /** Closes the connection without a DISCONNECT; the next one follows. */
  cut(cause: Error): void {
    this.watch.fail(cause);
    (this.stream as GatheringStream).abandon();
  }

  override publish(
    topic: string,
    payload: string | Buffer,
    optionsOrCallback?:
      | PublishOptions
      | IClientPublishOptions
      | PacketCallback
      | null,
    callback?: PacketCallback,
  ): this {
    if (typeof optionsOrCallback === "function") {
      return this.publish(topic, payload, {}, optionsOrCallback);
    }
    let options: IClientPublishOptions;
    try {
      options = this.#checkPublish(topic, optionsOrCallback ?? {});
    } catch (error) {
      return this.#refuse(error as Error, callback);
    }
    const { qos = 0 } = options;
    const mayGetAlias = this.options.autoAssignTopicAlias === true;
    const message = { topic, payload, options, mayGetAlias };
    // MQTT.js would add a listener for `drain` for each callback at QoS 0.
    const isUnbounded = this.#isReady && !this.#inflight.isHolding && !callback;
    if (qos === 0 && (this.canSend || isUnbounded)) {
      const refusal = refuseByLimits(message, this.serverProperties);
      if (refusal !== undefined) return this.#refuse(refusal, callback);
      super.publish(topic, payload, options);
      callback?.();
      return this;
    }
    const number = this.#unsettled.add(callback);
    // Until it is sent, for the first time or again, the caller may fill its bytes anew.
    const kept = typeof payload === "string" ? payload : Buffer.from(payload);
    const publish = { topic, payload: kept, options, mayGetAlias, qos, number };
    if (!this.#publishes.add(publish)) publish.options = { ...options };
    return this;
  }

  #send(publish: WaitingPublish): void {
    const { topic, payload, options, qos, number } = publish;
    const refusal = refuseByLimits(publish, this.serverProperties);
    if (refusal !== undefined) {
      this.#unsettled.settle(number, refusal);
      // Later, since what waits is sent from within.
      if (qos > 0) queueMicrotask(() => this.#publishes.noteAnswer(publish));
    } else if (qos === 0) {
      super.publish(topic, payload, options);
      this.#unsettled.settle(number);
    } else {
      super.publish(topic, payload, options, (error, packet) => {
        const refusal = error && explainRefusal(topic, error, packet);
        // What MQTT.js had stored: PUBREL, if it was answered as QoS 2 is.
        const isAsQos1 = qos === 2 && !error && packet?.cmd === "publish";
        if (isAsQos1) this.#tellLowerAnswer();
        this.#unsettled.settle(number, refusal, packet);
        this.#publishes.noteAnswer(publish);
      });
    }
  }

  /** Says once that QoS 2 isn't what it should be. */
  #tellLowerAnswer(): void {
    if (this.#hasToldLowerAnswer) return;
    this.#hasToldLowerAnswer = true;
    this.report(
      `Broker at ${this.address.label} answers QoS 2 as QoS 1 (PUBACK): messages may arrive twice`,
    );
  }

  #tellRoom(): void {
    for (const tell of this.onRoom) tell();
  }

  /** Tells who asked for what can't be done. */
  #refuse(error: Error, callback: ((error: Error) => void) | undefined): this {
    if (callback === undefined) throw error;
    callback(error);
    return this;
  }

  /** Gives the options as MQTT.js takes them, unless it can't be published. */
  #checkPublish(
    topic: string,
    options: PublishOptions | IClientPublishOptions,
  ): IClientPublishOptions {
    if (this.refusal !== undefined) throw this.refusal;
    if (this.#closing !== undefined || this.disconnecting) {
      throw new PublishError(topic, "the connection is closed");
    }
    const { qos = 0, properties } = options;
    assertQos(qos);
    if (topic !== this.#lastTopic) {
      assertTopicName(topic);
      this.#lastTopic = topic;
    }
    if (properties === undefined) return options as IClientPublishOptions;
    assertMqtt5("Properties of a message", this.options.protocolVersion);
    return { ...options, properties: packProperties("publish", properties) };
  }

  override subscribe(
    topics: SubscribeTopics,
    optionsOrCallback?: object | ClientSubscribeCallback,
    callback?: ClientSubscribeCallback,
  ): this {
    if (typeof optionsOrCallback === "function") {
      return this.subscribe(
        topics,
        {},
        optionsOrCallback as ClientSubscribeCallback,
      );
    }
    const options: Partial<FilterRequest> = optionsOrCallback ?? {};
    let requests;
    try {
      requests = readRequests(topics, options, this.options.protocolVersion);
    } catch (error) {
      return this.#refuse(error as Error, callback);
    }
    const notes = requests.map((one) => this.subscriptions.note(...one));
    const settle: ClientSubscribeCallback = (error, granted, packet) => {
      const codes: number[] = packet?.granted as number[] ?? [];
      notes.forEach((note, index) => note(codes[index]));
      callback?.(error, granted, packet);
    };
    const tell = this.#unsettled.track(settle);
    const send = () => {
      const limits = this.connected ? this.serverProperties : undefined;
      const refusal = refuseSubscription(requests, limits);
      if (refusal !== undefined) tell(refusal, undefined, refusal.packet);
      else super.subscribe(topics, options as FilterRequest, tell);
    };
    return this.#ask(send, tell);
  }

  override unsubscribe(
    topics: string | string[],
    optionsOrCallback?: object | PacketCallback,
    callback?: PacketCallback,
  ): this {
    if (typeof optionsOrCallback === "function") {
      return this.unsubscribe(topics, {}, optionsOrCallback as PacketCallback);
    }
    const filters = [topics].flat();
    try {
      filters.forEach(assertTopicFilter);
    } catch (error) {
      return this.#refuse(error as Error, callback);
    }
    const notes = filters.map((filter) => this.subscriptions.note(filter));
    const settle: PacketCallback = (error, packet) => {
      // Whatever UNSUBACK says, it is an answer.
      for (const note of notes) note(packet && 0);
      callback?.(error, packet);
    };
    const tell = this.#unsettled.track(settle);
    const send = () =>
      super.unsubscribe(filters, optionsOrCallback ?? {}, tell);
    return this.#ask(send, tell);
  }

  /** Asks now, or once it can't be taken for what makes the broker cut. */
  #ask(send: () => void, tell: (error: Error) => void): this {
    // MQTT.js would keep it for a connection that is never made.
    if (this.refusal !== undefined) tell(this.refusal);
    else if (this.#inflight.isHolding) this.#waitingToAsk.push(send);
    else send();
    return this;
  }

  /**
   * Connects again at once, and keeps what is in flight. MQTT.js's own waits for
   * the answers first, without a limit, and then forgets what lacked one.
   */
  override reconnect(): this {
    const { stream } = this;
    if (this.#closing !== undefined) {
      throw new Error(
        `Connection to ${this.address.label} is closed: connect() opens another`,
      );
    }
    if (stream.closed) {
      this.emit("reconnect");
      this.connect();
      return this;
    }
    this.watch.hurry();
    if (!this.connected) {
      stream.destroy();
      return this;
    }
    internalsOf(this)._sendPacket({ cmd: "disconnect" });
    stream.end();
    const timer = setTimeout(() => stream.destroy(), HASTE);
    stream.once("close", () => clearTimeout(timer));
    return this;
  }

  #settleAll(error: Error): void {
    this.#publishes.clear();
    this.#unsettled.settleAll(error);
  }

  /** Ends the connection: see {@linkcode Client}. */
  async close(options: CloseOptions = {}): Promise<void> {
    const disconnect = toDisconnect(options, this.options);
    const { timeout = 5 } = options;
    this.#closing ??= this.#close(timeout * 1000, disconnect);
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(
    timeout: number,
    disconnect: Partial<IDisconnectPacket>,
  ): Promise<void> {
    const deadline = performance.now() + timeout;
    if (this.#isReady) {
      const lost = new Promise<void>((resolve) => this.once("close", resolve));
      await this.#unsettled.whenEmpty(timeout, lost);
    }
    const error = new Error(
      `Connection to ${this.address.label} was closed first`,
    );
    this.#publishes.clear();
    this.#inflight.giveUp(() => decapitalize(error.message));
    this.#settleAll(error);
    for (const id of Object.keys(this.outgoing)) {
      this.removeOutgoingMessage(Number(id));
    }
    await new Promise<void>((resolve) => {
      // A peer that never closes its side must not keep ours open.
      const left = Math.max(100, deadline - performance.now());
      const timer = setTimeout(() => this.stream.destroy(), left);
      super.end(!this.connected, disconnect, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

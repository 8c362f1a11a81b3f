import {
  type ClientSubscribeCallback,
  type IClientOptions,
  type IClientPublishOptions,
  type IDisconnectPacket,
  type ISubscriptionMap,
  MqttClient,
  type PacketCallback,
} from "mqtt";
import type { Buffer } from "node:buffer";
import process from "node:process";
import type { BrokerAddress } from "./address.ts";
import { type CloseOptions, toDisconnect } from "./close_options.ts";
import { isCutByBroker } from "./cut_by_broker.ts";
import { describeCause } from "./describe_cause.ts";
import { InflightLedger } from "./inflight.ts";
import { internalsOf } from "./internals.ts";
import { watchSilence } from "./keepalive.ts";
import { MessageIds } from "./message_ids.ts";
import { assertMqtt5, packProperties } from "./packet_properties.ts";
import { PublishQueue } from "./publish_queue.ts";
import {
  explainRefusal,
  type Outgoing,
  refuseByLimits,
} from "./refused_publish.ts";
import { RetryPace } from "./retry_pace.ts";
import { openStream, type StreamOptions } from "./stream.ts";
import { printable } from "../printable.ts";
import type { PublishOptions } from "../publish_options.ts";
import { Subscriptions } from "./subscriptions.ts";
import { assertQos, assertTopicFilter, assertTopicName } from "../topics.ts";
import { tracePackets } from "./trace.ts";
import { type FilterRequest, readRequests } from "./topic_requests.ts";
import { Unsettled } from "./unsettled.ts";
import type { GatheringStream } from "./write_buffer.ts";
import {
  ConnectionRefusedError,
  decapitalize,
  DisconnectedError,
  NotMqttError,
  PublishError,
} from "../errors.ts";

// A refusal that time may mend: server unavailable, and MQTT 5's server busy, quota
// exceeded and connection rate exceeded.
const TEMPORARY_REFUSALS = [3, 136, 137, 151, 159];
const CONNACK_TIMEOUT = 10_000;
// How long the peer has to close its side, where that is all that is awaited.
const HASTE = 1000;

/** What a {@linkcode ToolkitClient} needs beside MQTT.js's own options. */
interface ToolkitOptions extends StreamOptions {
  /** The hosts that are tried in turn. */
  addresses: readonly [BrokerAddress, ...BrokerAddress[]];
  inflightWindow: number | undefined;
  retryDelay: [shortest: number, longest: number];
  log: (line: string) => void;
}

/** A publish that MQTT.js has not been given, or has not answered. */
interface WaitingPublish extends Outgoing {
  qos: 0 | 1 | 2;
  /** Tells who asked for it. */
  settle: PacketCallback;
}

type SubscribeTopics = string | string[] | ISubscriptionMap;

/**
 * MQTT.js's client with what it lacks: a growing pause between reconnects, a
 * window of publishes in flight, topics that are checked before they are sent,
 * and an end after which no promise is left pending.
 */
export class ToolkitClient extends MqttClient implements AsyncDisposable {
  /** Where the broker may be. */
  readonly addresses: readonly BrokerAddress[];
  /** Where the last attempt went. */
  address: BrokerAddress;
  /** Prints a line about the connection. */
  readonly report: (line: string) => void;
  /** What the program wants to be subscribed to. */
  readonly subscriptions: Subscriptions;
  /** See {@linkcode Client}. */
  sessionPresent = false;
  /** Whether the session is surely the one that was, with all that it knew. */
  isSessionKept = false;
  /** How many CONNECTs have gone out since a connection stood. */
  #connects = 0;
  /** Whether the last attempt to connect has failed. */
  isAway = false;
  /** When it was last connected again after that. */
  backSince = 0;
  #lastError: (Error & { code?: unknown }) | undefined;
  /** Why the broker has ended the connection, if it says so. */
  #farewell: DisconnectedError | undefined;
  /** The reason in the words of the last CONNACK. */
  #reasonString: string | undefined;
  /** The refusal after which the client no longer tries. */
  refusal: ConnectionRefusedError | undefined;
  readonly #pace: RetryPace;
  readonly #refused = Promise.withResolvers<never>();
  readonly #unsettled = new Unsettled();
  readonly #publishes: PublishQueue<WaitingPublish>;
  /** What is called whenever there may be room for a publish. */
  readonly onRoom = new Set<() => void>();
  readonly #inflight: InflightLedger;
  /** What is to be subscribed to, or not, after what goes one by one. */
  readonly #waitingToAsk: (() => void)[] = [];
  /** Whether someone waits for a refusal, and so will tell of it. */
  #isWatched = false;
  #isReady = false;
  /** Whether the next attempt is to come without a pause. */
  #isHasty = false;
  /** Goes up with each attempt that fails: the next of several hosts has its turn. */
  #turn = 0;
  #lostAt: number | undefined;
  #lastTopic: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: IClientOptions, toolkit: ToolkitOptions) {
    const { addresses, inflightWindow, retryDelay, log } = toolkit;
    super((client) => {
      const next = addresses[this.#turn % addresses.length];
      this.address = next ?? addresses[0];
      const stream = openStream(client, this.address, toolkit);
      stream.on("error", (error: Error) => this.#lastError = error);
      stream.on("drain", () => {
        this.#publishes.sendWaiting();
        this.#tellRoom();
      });
      this.#lastError = undefined;
      this.#farewell = undefined;
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
    this.address = addresses[0];
    // Topics and payloads in it are strangers'.
    this.report = (line) => log(printable(line));
    this.#pace = new RetryPace(retryDelay);
    this.#publishes = new PublishQueue({
      canSend: () => this.canSend,
      send: (publish) => this.#send(publish),
      window: inflightWindow,
    });
    this.subscriptions = new Subscriptions(this);
    this.#inflight = new InflightLedger(this, () => this.#goOn());
    this.outgoingStore = this.#inflight;
    this.#refused.promise.catch(() => {});
    this.#watchConnection();
    watchSilence(this);
    tracePackets(this);
    // Only a client that connects at once may be ended for good.
    this.options.manualConnect = false;
    this.connect();
  }

  /** The last attempt's error; what the broker has said of it is what caused it. */
  get lastError(): (Error & { code?: unknown }) | undefined {
    return this.#farewell ?? this.#lastError;
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

  /** Waits until all that was sent has left, or the connection is lost. */
  whenWritten(): Promise<void> {
    return (this.stream as GatheringStream).whenWritten();
  }

  #watchConnection(): void {
    let failures = 0;
    this.on("packetsend", ({ cmd }) => {
      if (cmd !== "connect") return;
      this.stream.once("connect", () => this.#connects++);
    });
    this.on("packetreceive", (packet) => {
      // Before `connect`, which follows a few turns later.
      if (packet.cmd !== "connack") return;
      this.sessionPresent = packet.sessionPresent;
      // What was refused has made no session.
      if (packet.returnCode || packet.reasonCode) this.#connects--;
      // A CONNECT whose answer was lost may have made a session that knows
      // nothing, and is present now.
      this.isSessionKept = packet.sessionPresent && this.#connects <= 1;
      this.#reasonString = packet.properties?.reasonString;
    });
    this.on("disconnect", ({ reasonCode = 0, properties }) => {
      this.#farewell = new DisconnectedError(reasonCode, properties);
    });
    this.on("connect", (connack) => {
      this.#pace.begin();
      const { receiveMaximum = Infinity } = connack.properties ?? {};
      this.#publishes.limitWindow(receiveMaximum);
      this.#reportReturn();
      if (this.isAway) this.backSince = performance.now();
      this.isAway = false;
      this.#connects = 0;
      this.#inflight.resume(connack, this.isSessionKept);
      this.#isReady = true;
      if (!this.#inflight.isHolding) this.#goOn();
      this.#tellRoom();
    });
    // Ahead of MQTT.js's own listener, which starts the timer.
    this.prependListener("close", () => {
      if (this.#isReady) {
        failures = 0;
      } else {
        this.#turn++;
        // It is time for a pause once each host has had its turn.
        this.#isHasty ||= ++failures % this.addresses.length !== 0;
      }
      const pause = this.#pace.end();
      this.options.reconnectPeriod = this.#isHasty ? 1 : pause * 1000;
      const wasReady = this.#isReady;
      const isLoss = wasReady && !this.disconnecting;
      const isCut = isLoss && !this.#isHasty && isCutByBroker(this.lastError);
      this.isAway = !wasReady;
      this.#isHasty = this.#isReady = false;
      if (isCut) this.#inflight.noteCut(this.lastError);
      this.#tellRoom();
      if (!isLoss) return;
      this.#reportLoss();
      // If it said why, that has just been told.
      if (!isCut || this.#farewell) return;
      const losses = this.#pace.countLoss();
      if (losses !== undefined) this.#reportLosses(losses);
    });
    this.on("error", (error) => {
      this.#lastError = error;
      this.#handleRefusal(error);
      this.#handleMalformed(error);
    });
  }

  /** Sends what waits, and asks for what the session does not know. */
  #goOn(): void {
    this.#publishes.sendWaiting();
    for (const send of this.#waitingToAsk.splice(0)) send();
    // After what a program asks for in its own listener.
    queueMicrotask(() => this.subscriptions.renew(this.isSessionKept));
  }

  #reportLoss(): void {
    this.#lostAt = performance.now();
    const cause = describeCause(this.lastError);
    this.report(
      `Connection to ${this.address.label} lost: ${cause}; connecting again`,
    );
  }

  /** MQTT 3.1.1 has no word for why a broker closes a connection. */
  #reportLosses(count: number): void {
    const { clientId } = this.options;
    this.report(
      `Connection to ${this.address.label} was lost ${count} times within seconds: another client may have the same id ("${clientId}"), or the broker may refuse a topic or a message of this one`,
    );
  }

  #reportReturn(): void {
    if (this.#lostAt === undefined) return;
    const seconds = Math.round((performance.now() - this.#lostAt) / 1000);
    this.#lostAt = undefined;
    this.report(`Connected to ${this.address.label} again after ${seconds} s`);
  }

  #handleRefusal(error: Error & { code?: unknown }): void {
    const isRefusal = error.message.startsWith("Connection refused:");
    if (!isRefusal || typeof error.code !== "number") return;
    const refusal = new ConnectionRefusedError(
      this.address.label,
      error.code,
      { reasonString: this.#reasonString },
    );
    const mayPass = this.#lostAt !== undefined &&
      TEMPORARY_REFUSALS.includes(error.code);
    this.options.reconnectOnConnackError = mayPass;
    if (mayPass) return this.report(`${refusal.message}; trying again`);
    if (this.#lostAt !== undefined && !this.#isWatched) {
      this.report(refusal.message);
    }
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
    this.#lastError = cause;
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
    const settle = this.#unsettled.track(callback);
    this.#publishes.add({ ...message, qos, settle });
    return this;
  }

  #send(publish: WaitingPublish): void {
    const { topic, payload, options, qos, settle } = publish;
    const refusal = refuseByLimits(publish, this.serverProperties);
    if (refusal !== undefined) {
      settle(refusal);
      // Later, since what waits is sent from within.
      if (qos > 0) queueMicrotask(() => this.#publishes.noteAnswer(publish));
    } else if (qos === 0) {
      super.publish(topic, payload, options);
      settle();
    } else {
      super.publish(topic, payload, options, (error, packet) => {
        settle(error && explainRefusal(topic, error, packet), packet);
        this.#publishes.noteAnswer(publish);
      });
    }
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
    // MQTT.js would keep it for a connection that is never made.
    if (this.refusal !== undefined) {
      settle(this.refusal);
      return this;
    }
    const tell = this.#unsettled.track(settle);
    this.#ask(() => super.subscribe(topics, options as FilterRequest, tell));
    return this;
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
    if (this.refusal !== undefined) {
      settle(this.refusal);
      return this;
    }
    const tell = this.#unsettled.track(settle);
    this.#ask(() => super.unsubscribe(filters, optionsOrCallback ?? {}, tell));
    return this;
  }

  /** Asks now, or once it can't be taken for what makes the broker cut. */
  #ask(send: () => void): void {
    if (this.#inflight.isHolding) this.#waitingToAsk.push(send);
    else send();
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
    this.#isHasty = true;
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

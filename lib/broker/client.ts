import type { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Access } from "./access/access.ts";
import { admit, secondsOf, subscribe } from "./grants.ts";
import { Link } from "./delivery/link.ts";
import { type Message, type Will, withoutSlab } from "./delivery/message.ts";
import type { RetainedMessages } from "./delivery/retained.ts";
import { RetainedSender } from "./delivery/retained_sender.ts";
import type { Publisher, Router } from "./delivery/router.ts";
import { termsOf } from "./delivery/subscription.ts";
import { Connection, type Figures } from "./wire/connection.ts";
import type { Limits } from "./limits.ts";
import { createTally, quote } from "./log.ts";
import type { ConnectedClient, Session } from "./session.ts";
import type { Departure, Sessions } from "./sessions.ts";
import type { Durable } from "./store/durable.ts";
import {
  type Topic,
  TOPIC_ALIAS_MAXIMUM,
  TopicAliases,
  type TopicReader,
} from "./wire/topics.ts";
import { type ByteBudget, type Holder, Input } from "./wire/input.ts";
import {
  type ConnectFields,
  expectEnd,
  readAcknowledgement,
  readConnect,
  readPublish,
  readReason,
  readSubscribe,
  readUnsubscribe,
  readVersion,
} from "./wire/decode.ts";
import {
  acknowledgement,
  answer,
  connack,
  disconnect,
  PINGRESP,
} from "./wire/encode.ts";
import { MOST_BEFORE_CONNECT } from "./wire/framing.ts";
import {
  checkHeader,
  isFailure,
  PACKET,
  PacketBody,
  ProtocolError,
  protocolError,
  REASON,
  type Version,
} from "./wire/packets.ts";
import type { PropertyValues } from "./wire/properties.ts";

export interface Surroundings {
  access: Access;
  budget: ByteBudget;
  durable: Durable | undefined;
  figures: Figures;
  limits: Limits;
  log: (line: string) => void;
  retained: RetainedMessages;
  router: Router;
  sessions: Sessions;
  topics: TopicReader;
}

/** After so many deliveries, what else a client publishes waits for its turn. */
const DELIVERIES_AT_ONCE = 5_000;
/** So many messages that a client may not publish are logged one by one. */
const EACH_FORBIDDEN = 100;
interface Leaving extends Departure {
  /** Whether it may still be sending. */
  isWatched?: boolean;
}

/** One client's protocol, from CONNECT to the end. */
export class Client implements ConnectedClient, Holder {
  readonly remote: string;
  readonly since = new Date();
  readonly #surroundings: Surroundings;
  readonly #connection: Connection;
  readonly #input: Input;
  #version: Version | undefined;
  #clientId: string | undefined;
  #session: Session | undefined;
  #publisher: Publisher = {};
  /** What a packet to it may have, and whether it wants reasons in words. */
  #maximumPacketSize = Infinity;
  #wantsReasons = true;
  #isResumed = false;
  readonly #aliases = new TopicAliases();
  #retained: RetainedSender | undefined;
  /** How many messages the broker had sent when others had their turn last. */
  #lastTurn = 0;
  readonly #tellForbidden = createTally((count, topic: string) => {
    const dropped = count > EACH_FORBIDDEN
      ? `${count} messages dropped so far`
      : "message dropped";
    const who = `Client ${quote(this.#clientId!)}`;
    this.#surroundings.log(
      `${who} may not publish on ${quote(topic)}: ${dropped}`,
    );
  }, EACH_FORBIDDEN);
  /** Whether nothing more of it counts. */
  isOver = false;
  #heldByTransport = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: Duplex, remote: string, surroundings: Surroundings) {
    this.remote = remote;
    this.#surroundings = surroundings;
    const { durable, figures, limits } = surroundings;
    this.#connection = new Connection(stream, {
      figures,
      whenAllowed: (callback) => {
        // One that isn't let in learns nothing of what is stored.
        if (durable === undefined || !this.isAdmitted) callback();
        else durable.commits.whenStored(callback);
      },
    });
    this.#input = new Input(stream, {
      figures,
      maxMessageRate: limits.maxMessageRate,
      check: (header) => checkHeader(header, this.#version),
      handle: (type) => this.#handle(type),
      fail: (error) => this.fail(error as Error),
      pause: () => this.#checkHeld(),
      end: () => this.#leave({ withWill: true }),
      commits: durable?.commits,
    });
    const most = Math.min(MOST_BEFORE_CONNECT, limits.maxPacketSize);
    this.#input.framing.maxPacketSize = most;
    this.#timer = setTimeout(
      () => this.fail(new ProtocolError("CONNECT did not come in time")),
      limits.connectTimeout * 1_000,
    );
    stream.on("error", (error) => this.#complain(error.message));
  }

  get protocolVersion(): Version {
    return this.#version!;
  }

  get isAdmitted(): boolean {
    return this.#session !== undefined;
  }

  /**
   * The transport says how many bytes it keeps of what isn't whole yet.
   *
   * @returns Whether it may keep them.
   */
  hold(bytes: number): boolean {
    this.#heldByTransport = bytes;
    this.#checkHeld();
    return !this.isOver || bytes <= MOST_BEFORE_CONNECT;
  }

  end(reason: number, text: string): void {
    if (this.isOver) return;
    if (this.#version === 5) {
      const { isAdmitted } = this;
      this.#say(
        (words) =>
          isAdmitted ? disconnect(reason, words) : connack(5, reason, words),
        text,
      );
    }
    // Who hasn't got as far as CONNECT isn't waited for.
    this.#leave({ withWill: true, isWatched: this.#version !== undefined });
  }

  /** Ends the connection with the broker, as soon as it has been told. */
  close(): void {
    this.end(REASON.SERVER_SHUTTING_DOWN, "The broker is being closed");
    this.#connection.destroySoon();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.#complain(error.message);
    const reason = error instanceof ProtocolError
      ? error.reason
      : REASON.UNSPECIFIED;
    this.end(reason, error.message);
  }

  /**
   * Writes a packet, with a reason in words if the client wants and can take it.
   *
   * @returns Whether the client takes packets so large at all.
   */
  #say(encode: (words: PropertyValues) => Buffer, reason?: string): boolean {
    const reasonString = this.#wantsReasons ? reason : undefined;
    const most = this.#maximumPacketSize;
    const packet = [encode({ reasonString }), encode({})]
      .find(({ length }) => length <= most);
    if (packet !== undefined) this.#connection.write(packet);
    return packet !== undefined;
  }

  /** Writes what must be said, or cuts who can't take it. */
  #answer(encode: (words: PropertyValues) => Buffer, reason?: string): void {
    if (this.#say(encode, reason)) return;
    throw new ProtocolError(
      `Client takes no packets of more than ${this.#maximumPacketSize} bytes: its answer has more`,
      REASON.PACKET_TOO_LARGE,
    );
  }

  #complain(message: string): void {
    if (this.isOver) return;
    const who = this.#clientId === undefined
      ? "Connection"
      : `Client ${quote(this.#clientId)}`;
    this.#surroundings.log(`${who} from ${this.remote}: ${message}`);
  }

  #leave({ withWill, expiry, isWatched = false }: Leaving): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.#timer);
    this.#input.stop();
    this.#connection.end(isWatched);
    this.#surroundings.budget.set(this, 0);
    const session = this.#session;
    if (session !== undefined) {
      const { log, sessions } = this.#surroundings;
      log(`Client ${quote(session.clientId)} disconnected`);
      if (session.client === this) {
        sessions.leave(session, { withWill, expiry });
      }
    }
  }

  #checkHeld(): void {
    if (this.isOver) return;
    const held = this.#input.framing.held + this.#heldByTransport;
    if (held > MOST_BEFORE_CONNECT && this.#version === undefined) {
      this.fail(
        new ProtocolError(
          `Packet has more than ${MOST_BEFORE_CONNECT} bytes before CONNECT`,
          REASON.PACKET_TOO_LARGE,
        ),
      );
    } else {
      this.#surroundings.budget.set(this, held);
    }
  }

  #handle(type: number): void {
    const { framing } = this.#input;
    if (this.#version === 5) framing.assertShort();
    if (type === PACKET.PUBLISH) return this.#publish();
    const { bytes, start, end } = framing;
    const body = new PacketBody(bytes, start, end);
    switch (type) {
      case PACKET.CONNECT:
        return this.#connect(body);
      case PACKET.SUBSCRIBE:
        return this.#subscribe(body);
      case PACKET.UNSUBSCRIBE:
        return this.#unsubscribe(body);
      case PACKET.PINGREQ:
        expectEnd(body);
        return this.#connection.write(PINGRESP);
      case PACKET.DISCONNECT:
        return this.#disconnect(body);
      default:
        return this.#acknowledge(type, body);
    }
  }

  #connect(body: PacketBody): void {
    clearTimeout(this.#timer);
    const version = readVersion(body);
    if (typeof version !== "number") {
      const { name, level } = version;
      const answer = name === "MQTT" ? 5 : 4;
      this.#connection.write(
        connack(answer, REASON.UNSUPPORTED_PROTOCOL_VERSION),
      );
      throw new ProtocolError(
        `CONNECT is for protocol ${
          quote(name)
        } at level ${level}: MQTT 3.1, 3.1.1 and 5.0 are spoken here`,
      );
    }
    this.#version = version;
    if (version === 5) this.#input.framing.assertShort();
    this.#input.framing.maxPacketSize = this.#surroundings.limits.maxPacketSize;
    const fields = readConnect(body, version);
    const { maximumPacketSize, requestProblemInformation } = fields.properties;
    this.#maximumPacketSize = maximumPacketSize ?? Infinity;
    this.#wantsReasons = requestProblemInformation !== 0;
    const will = this.#readWill(fields);
    const release = this.#input.hold();
    this.#admit(fields, will).then(release, (error) => {
      this.fail(error);
      release();
    });
  }

  async #admit(fields: ConnectFields, will: Will | undefined): Promise<void> {
    const { version, isClean, user } = fields;
    const { sessions } = this.#surroundings;
    const isNameless = fields.clientId === "";
    if (isNameless && (version === 3 || (version === 4 && !isClean))) {
      // Without a name there is no session to come back to.
      return this.#refuse(REASON.CLIENT_ID_NOT_VALID, "identifier rejected");
    }
    const clientId = isNameless ? `auto-${randomUUID()}` : fields.clientId;
    this.#clientId = clientId;
    const isGone = () => this.#input.hasGone || this.isOver;
    const address = this.remote.slice(0, this.remote.lastIndexOf(":"));
    const candidate = { fields, clientId, address, isGone };
    const verdict = await admit(candidate, this.#surroundings);
    if (isGone()) return;
    if (verdict.refusal !== undefined) return this.#refuse(...verdict.refusal);
    const arrival = { clientId, user, isClean, will, ...verdict };
    this.#welcome(fields, sessions.open({ ...arrival, client: this }));
  }

  #refuse(reason: number, text: string): void {
    this.#say((words) => connack(this.#version!, reason, words), text);
    this.#complain(text);
    this.#leave({ withWill: false, isWatched: true });
  }

  #welcome(
    fields: ConnectFields,
    { session, isPresent }: ReturnType<Sessions["open"]>,
  ): void {
    const { version, user, properties } = fields;
    const { clientId } = session;
    const { limits, log, retained } = this.#surroundings;
    const { maxInflight, maxKeepAlive, maxPacketSize } = limits;
    const keepAlive = version === 5
      ? Math.min(fields.keepAlive || Infinity, maxKeepAlive)
      : fields.keepAlive || Infinity;
    this.#session = session;
    this.#retained = new RetainedSender(retained, session, this);
    this.#publisher = {
      subscriber: session,
      onBusy: (subscriber) => {
        // It couldn't confirm what it is held up for.
        if (subscriber === session) return;
        subscriber.outbox.whenReady(this.#input.hold());
      },
    };
    const isReplaced = keepAlive !== (fields.keepAlive || Infinity);
    this.#answer(() =>
      connack(version, REASON.SUCCESS, {
        isPresent,
        topicAliasMaximum: TOPIC_ALIAS_MAXIMUM,
        maximumPacketSize: maxPacketSize,
        receiveMaximum: maxInflight < 65_535 ? maxInflight : undefined,
        assignedClientId: fields.clientId === "" ? clientId : undefined,
        serverKeepAlive: isReplaced ? keepAlive : undefined,
      })
    );
    this.#isResumed = isPresent;
    const as = user === undefined ? "" : ` as ${quote(user)}`;
    log(`Client ${quote(clientId)} connected from ${this.remote}${as}`);
    if (keepAlive < Infinity) this.#keepAlive(keepAlive);
    const link = new Link(this.#connection, {
      version,
      receiveMaximum: properties.receiveMaximum ?? 65_535,
      maximumPacketSize: this.#maximumPacketSize,
      topicAliasMaximum: properties.topicAliasMaximum ?? 0,
    });
    session.outbox.attach(link);
  }

  #readWill({ will }: ConnectFields): Will | undefined {
    if (will === undefined) return undefined;
    const { topic, payload, qos, retain, properties } = will;
    const { topics } = this.#surroundings;
    return {
      message: withoutSlab({
        topic: topics.read(topic, 0, topic.length),
        ...{ payload, qos, retain },
        properties: properties.ofMessage,
        expiresAt: Infinity,
      }),
      delay: properties.willDelay ?? 0,
      expiry: properties.messageExpiry ?? Infinity,
    };
  }

  /** Cuts a client that is silent for too long (section 3.1.2.10). */
  #keepAlive(seconds: number): void {
    const most = seconds * 1_500;
    const check = () => {
      // While it is held up, what it says isn't heard.
      if (this.#input.isHeld) this.#input.lastHeard = performance.now();
      const left = this.#input.lastHeard + most - performance.now();
      if (left > 0) {
        this.#timer = setTimeout(check, left);
        return;
      }
      this.fail(
        new ProtocolError(
          `Nothing has come for ${
            most / 1_000
          } s: its keepalive is ${seconds} s`,
          REASON.KEEP_ALIVE_TIMEOUT,
        ),
      );
    };
    // What has come while the program was busy, or asleep, is read first.
    const due = () => void setImmediate(check);
    this.#timer = setTimeout(due, most);
  }

  #publish(): void {
    const { figures, limits, router, topics } = this.#surroundings;
    const version = this.#version!;
    const session = this.#session!;
    const fields = readPublish(this.#input.framing, version, topics);
    const { payload, qos, retain, id, properties } = fields;
    figures.messagesReceived++;
    const topic = this.#aliases.topicOf(fields.topic, properties.topicAlias);
    if (qos === 2) {
      if (session.unreleased.has(id)) {
        this.#connection.write(acknowledgement(PACKET.PUBREC, id));
        return;
      }
      if (version === 5 && session.unreleased.size >= limits.maxInflight) {
        throw new ProtocolError(
          `More than ${limits.maxInflight} messages of QoS 2 are under way (maxInflight)`,
          REASON.RECEIVE_MAXIMUM_EXCEEDED,
        );
      }
    }
    const isAllowed = session.mayPublish(topic.text);
    if (qos !== 0) this.#confirm(qos, id, isAllowed, topic);
    if (!isAllowed) return this.#tellForbidden(topic.text);
    const expiry = properties.messageExpiry ?? Infinity;
    const message: Message = {
      ...{ topic, payload, qos, retain },
      properties: properties.ofMessage,
      expiresAt: expiry < Infinity ? Date.now() + expiry * 1_000 : expiry,
    };
    router.publish(message, this.#publisher);
    // One message may become thousands: the others have their turn.
    if (router.sent - this.#lastTurn < DELIVERIES_AT_ONCE) return;
    this.#lastTurn = router.sent;
    setImmediate(this.#input.hold());
  }

  /** Acknowledges a message, before its publisher may get it back itself. */
  #confirm(qos: 1 | 2, id: number, isAllowed: boolean, topic: Topic): void {
    let reason: number = REASON.SUCCESS;
    // In MQTT 3.1.1 there is no way to say so (section 3.3.5).
    if (this.#version === 5) {
      if (!isAllowed) reason = REASON.NOT_AUTHORIZED;
      else if (!this.#surroundings.router.isWanted(topic)) {
        reason = REASON.NO_MATCHING_SUBSCRIBERS;
      }
    }
    if (qos === 2 && !isFailure(reason)) this.#session!.expect(id);
    const type = qos === 1 ? PACKET.PUBACK : PACKET.PUBREC;
    if (reason === REASON.SUCCESS) {
      this.#connection.write(acknowledgement(type, id));
    } else {
      this.#answer(
        (words) => acknowledgement(type, id, reason, words),
        isAllowed ? undefined : "The rules don't let you publish there",
      );
    }
  }

  #acknowledge(type: number, body: PacketBody): void {
    const { id, reason } = readAcknowledgement(body, this.#version!);
    const session = this.#session!;
    const { outbox } = session;
    switch (type) {
      case PACKET.PUBACK:
        return outbox.acknowledge(id);
      case PACKET.PUBREC: {
        const isKnown = outbox.receive(id);
        // The client doesn't want it: that is the end of it.
        if (isFailure(reason)) outbox.complete(id);
        else this.#reply(PACKET.PUBREL, id, isKnown);
        return;
      }
      case PACKET.PUBREL:
        return this.#reply(PACKET.PUBCOMP, id, session.release(id));
      case PACKET.PUBCOMP:
        return outbox.release(id);
    }
  }

  #reply(type: number, id: number, isKnown: boolean): void {
    // After a reconnection it is repeated, perhaps for what has ended: MQTT.js
    // takes any other reason for a failure (MQTT 5.0 section 3.7.2.1).
    const reason = isKnown || this.#version !== 5 || this.#isResumed
      ? REASON.SUCCESS
      : REASON.PACKET_ID_NOT_FOUND;
    this.#connection.write(acknowledgement(type, id, reason));
  }

  #subscribe(body: PacketBody): void {
    const { limits } = this.#surroundings;
    const request = readSubscribe(body, this.#version!, limits);
    const { id, identifier } = request;
    const { codes, wanted, isForbidden } = subscribe(
      request,
      this.#session!,
      this.#surroundings,
    );
    this.#answer(
      (words) => answer(PACKET.SUBACK, this.#version!, { id, codes, words }),
      isForbidden ? "The rules don't let you read there" : undefined,
    );
    for (const { filter, levels, qos } of wanted) {
      const terms = termsOf([{ qos, retainAsPublished: true, identifier }]);
      this.#retained!.add(filter, { levels, terms });
    }
  }

  #unsubscribe(body: PacketBody): void {
    const { limits, sessions } = this.#surroundings;
    const version = this.#version!;
    const { id, filters } = readUnsubscribe(body, version, limits);
    const codes = Uint8Array.from(
      filters,
      (filter) =>
        sessions.unsubscribe(filter, this.#session!)
          ? REASON.SUCCESS
          : REASON.NO_SUBSCRIPTION_EXISTED,
    );
    this.#answer(() => answer(PACKET.UNSUBACK, version, { id, codes }));
  }

  #disconnect(body: PacketBody): void {
    const { reason, properties } = readReason(body, this.#version!);
    const { sessionExpiry } = properties;
    if (sessionExpiry && this.#session!.expiry === 0) {
      throw protocolError(
        "DISCONNECT wants a session that CONNECT has not asked for",
      );
    }
    this.#leave({
      withWill: reason !== REASON.SUCCESS,
      expiry: sessionExpiry && secondsOf(sessionExpiry),
    });
  }
}

import { Readable } from "node:stream";
import type { IClientOptions, IConnackPacket, MqttClient, Packet } from "mqtt";
import { internalsOf, type SendPacket } from "./mqttjs.ts";
import { exceededLimit } from "./refusals.ts";
import { PublishError } from "../errors.ts";

type Store = NonNullable<IClientOptions["outgoingStore"]>;

interface Unconfirmed {
  /** What is to be sent again: PUBLISH, or PUBREL once PUBREC has come. */
  packet: Packet;
  topic: string;
  /** Its place in the order of sending. */
  place: number;
}

/** How often the broker may end the connection at the same message. */
const MOST_CUTS = 3;
/**
 * For so many milliseconds a cluster may end it at any message: one that has lost a node
 * first agrees on who leads. NATS was seen to take 42 s for that.
 */
const AGREEING = 60_000;

/** What an {@linkcode InflightLedger} has to know of the client. */
interface InflightOptions {
  /** Whether the client has several addresses, so that they may be a cluster's. */
  hasNodes: boolean;
  /** Called when `isHolding` ends and the connection stands. */
  onReleased: () => void;
}

/**
 * The publishes of QoS 1 and 2 that the broker has not confirmed, in the order in
 * which they were sent: MQTT.js's outgoing store, which also decides what becomes
 * of them after a reconnect.
 *
 * MQTT.js by itself would go on as if the broker remembered everything: it sends
 * PUBREL for a message that the broker has forgotten, which the broker answers
 * with PUBCOMP all the same, so that a lost message counts as delivered. It also
 * sends one message, waits for its answer, and says `connect` after the last.
 */
export class InflightLedger implements Store {
  readonly #client: MqttClient;
  readonly #send: SendPacket;
  readonly #unconfirmed: Record<number, Unconfirmed> = {};
  #sent = 0;
  /** The oldest one when the broker last ended the connection. */
  #suspect: Unconfirmed | undefined;
  #cuts = 0;
  /** When it ended the connection at that one for the first time. */
  #suspectedSince = 0;
  /** What was sent again, and is not confirmed. */
  readonly #resent = new Set<Unconfirmed>();
  /** What is sent again once others are confirmed. */
  #held: Unconfirmed[] = [];
  #isOneByOne = false;
  readonly #hasNodes: boolean;
  readonly #onReleased: () => void;

  constructor(
    client: MqttClient,
    { hasNodes, onReleased }: InflightOptions,
  ) {
    this.#client = client;
    this.#hasNodes = hasNodes;
    this.#onReleased = onReleased;
    const internals = internalsOf(client);
    const send = this.#send = internals._sendPacket.bind(client);
    internals._sendPacket = (packet, done, onStored, ...rest) => {
      if (client.connected) {
        // MQTT.js would make a copy for the store, for topic aliases' sake.
        const isStored = packet.cmd === "publish" && packet.qos > 0 &&
          client.options.protocolVersion !== 5;
        if (!isStored) return send(packet, done, onStored, ...rest);
        this.put(packet, onStored);
        send(packet, done, undefined, isStored);
      } else if (packet.cmd === "pubrel") {
        // A lost connection's last PUBREC: `resume` is to answer it, and once.
        this.put(packet, done);
      } else send(packet, done, onStored, ...rest);
    };
  }

  /** Whether nothing may be sent but what the broker is to answer first. */
  get isHolding(): boolean {
    return this.#isOneByOne;
  }

  /**
   * Notes that the broker has ended the connection. A message at which it does so
   * each time, without a word, would be sent for ever, and nothing behind it would
   * arrive: the third time, its publish fails. Of several nodes, any may do so until
   * they have agreed on a leader, and the message is given a minute.
   */
  noteCut(cause: Error | undefined): void {
    const [first] = this.#inOrder();
    if (first !== this.#suspect) this.#cuts = 0;
    this.#suspect = first;
    if (this.#cuts === 0) this.#suspectedSince = performance.now();
    if (++this.#cuts < MOST_CUTS) return;
    const wait = this.#hasNodes ? AGREEING : 0;
    if (performance.now() - this.#suspectedSince < wait) return;
    const times = this.#hasNodes ? "each time" : "three times";
    const reason = `the broker closed the connection ${times} when it was sent`;
    this.giveUp(
      ({ messageId }) =>
        messageId === first?.packet.messageId ? reason : undefined,
      { isSessionKept: !this.#client.options.clean, ...(cause && { cause }) },
    );
  }

  /**
   * Sends again what the broker has not confirmed. If it has forgotten the session,
   * a message of QoS 2 that it may have passed on must not be sent again, and one
   * that it may have lost must not count as delivered: nobody knows which it is, and
   * so its publish fails. So it does if the session that is present may be a new one,
   * and so does one that the broker takes no longer.
   *
   * All go at once, or as many as the broker takes (MQTT 5 section 3.2.2.3.3). Where
   * it has ended the connection twice before it had answered the first of them, they
   * go one by one, to find out which it stumbles over.
   */
  resume(
    { sessionPresent, properties }: IConnackPacket,
    isSessionKept: boolean,
  ): void {
    const { clean, protocolVersion, autoAssignTopicAlias } =
      this.#client.options;
    const mayGetAlias = autoAssignTopicAlias === true;
    // MQTT 3.1 has no such flag.
    const isPresent = !clean && (sessionPresent || protocolVersion === 3);
    const isDoubtful = isPresent && sessionPresent && !isSessionKept;
    this.giveUp((packet) => {
      if (levelOf(packet) === 2 && (!isPresent || isDoubtful)) {
        const has = isDoubtful ? "may have" : "has";
        return `the broker ${has} forgotten the session`;
      }
      if (packet.cmd !== "publish") return undefined;
      const message = { ...packet, options: packet, mayGetAlias };
      return exceededLimit(message, properties);
    }, { isSessionKept: isPresent });
    this.#held = this.#inOrder();
    const [first] = this.#held;
    this.#isOneByOne = first !== undefined && first === this.#suspect &&
      this.#cuts >= MOST_CUTS - 1;
    const { receiveMaximum = Infinity } = properties ?? {};
    const most = this.#isOneByOne ? 1 : receiveMaximum;
    while (this.#held.length > 0 && this.#resent.size < most) this.#sendNext();
  }

  #sendNext(): void {
    const next = this.#held.shift();
    if (next !== undefined) {
      this.#resent.add(next);
      const { packet } = next;
      if (packet.cmd === "publish") packet.dup = true;
      this.#send(packet);
    } else if (this.#isOneByOne) {
      this.#isOneByOne = false;
      this.#onReleased();
    }
  }

  /**
   * Fails the publishes for which there is a reason to. In a session that is kept,
   * the broker may have one of QoS 2, and would take the next message under its id
   * for the same one: so it is told to pass that on, and the id stays taken until it
   * has.
   */
  giveUp(
    reasonOf: (packet: Packet) => string | undefined,
    { isSessionKept = false, ...options }: {
      isSessionKept?: boolean;
      cause?: Error;
    } = {},
  ): void {
    this.#isOneByOne = false;
    this.#held = [];
    this.#resent.clear();
    for (const { packet, topic } of this.#inOrder()) {
      const id = packet.messageId!;
      const pending = this.#client.outgoing[id];
      const reason = reasonOf(packet);
      if (reason === undefined || pending === undefined) continue;
      const { cb } = pending;
      const error = new PublishError(topic, reason, {
        mayHaveArrived: true,
        ...options,
      });
      if (isSessionKept && levelOf(packet) === 2) {
        pending.cb = () => {};
        this.put({ cmd: "pubrel", messageId: id });
        cb(error);
      } else {
        pending.cb = () => cb(error);
        this.#client.removeOutgoingMessage(id);
      }
    }
  }

  #inOrder(): Unconfirmed[] {
    return Object.values(this.#unconfirmed).sort((one, other) =>
      one.place - other.place
    );
  }

  /** Takes a packet that is being sent. */
  put(packet: Packet, done?: (error?: Error) => void): this {
    const id = packet.messageId!;
    const known = this.#unconfirmed[id];
    if (known === undefined) {
      const topic = packet.cmd === "publish" ? packet.topic : "";
      this.#unconfirmed[id] = { packet, topic, place: ++this.#sent };
    } else {
      const isAnswered = packet.cmd !== known.packet.cmd;
      if (isAnswered && known === this.#suspect) this.#suspect = undefined;
      known.packet = packet;
    }
    done?.();
    return this;
  }

  /** Gives a packet that is not confirmed. */
  get: Store["get"] = ({ messageId }, done) => {
    const packet = this.#unconfirmed[messageId!]?.packet;
    done(packet ? undefined : missing(messageId), packet);
    return this;
  };

  /** Takes out a message that is confirmed. */
  del: Store["del"] = ({ messageId }, done) => {
    const known = this.#unconfirmed[messageId!];
    delete this.#unconfirmed[messageId!];
    if (known === this.#suspect) this.#suspect = undefined;
    if (known !== undefined && this.#resent.delete(known)) this.#sendNext();
    done(known ? undefined : missing(messageId), known?.packet);
    return this;
  };

  /** Gives MQTT.js nothing to send again: {@linkcode resume} does it. */
  createStream: Store["createStream"] = () =>
    Readable.from([]) as unknown as ReturnType<Store["createStream"]>;

  /** Ends with the client. */
  close: Store["close"] = (done) => done();
}

function levelOf(packet: Packet): number {
  return packet.cmd === "publish" ? packet.qos : 2;
}

function missing(messageId: number | undefined): Error {
  return new Error(`Message id ${messageId} is not in flight`);
}

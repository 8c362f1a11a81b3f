import { Readable } from "node:stream";
import type { IClientOptions, IConnackPacket, MqttClient, Packet } from "mqtt";
import { internalsOf, type SendPacket } from "./internals.ts";
import { PublishError } from "../errors.ts";

type Store = NonNullable<IClientOptions["outgoingStore"]>;

interface Unconfirmed {
  /** What is to be sent again: PUBLISH, or PUBREL once PUBREC has come. */
  packet: Packet;
  topic: string;
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
  readonly #unconfirmed = new Map<number, Unconfirmed>();

  constructor(client: MqttClient) {
    this.#client = client;
    const internals = internalsOf(client);
    const send = this.#send = internals._sendPacket.bind(client);
    internals._sendPacket = (packet, done, ...rest) => {
      // A lost connection's last PUBREC: `resume` is to answer it, and once.
      if (packet.cmd !== "pubrel" || client.connected) {
        return send(packet, done, ...rest);
      }
      this.put(packet, done);
    };
  }

  /**
   * Sends again what the broker has not confirmed, all at once. If it has
   * forgotten the session, a message of QoS 2 that it may have passed on must not
   * be sent again, and one that it may have lost must not count as delivered:
   * nobody knows which it is, and so its publish fails. So it does if the session
   * that is present may be a new one.
   */
  resume({ sessionPresent }: IConnackPacket, isSessionKept: boolean): void {
    const { clean, protocolVersion } = this.#client.options;
    // MQTT 3.1 has no such flag.
    const isPresent = !clean && (sessionPresent || protocolVersion === 3);
    if (!isPresent) this.giveUp("the broker has forgotten the session", [2]);
    else if (sessionPresent && !isSessionKept) this.#release();
    for (const { packet } of [...this.#unconfirmed.values()]) {
      if (packet.cmd === "publish") packet.dup = true;
      this.#send(packet);
    }
  }

  /** Fails the publishes that the broker has not confirmed. */
  giveUp(reason: string, levels: readonly number[] = [1, 2]): void {
    for (const [id, { packet, topic }] of [...this.#unconfirmed]) {
      const isOf = packet.cmd === "publish" ? packet.qos : 2;
      const pending = this.#client.outgoing[id];
      if (!levels.includes(isOf) || pending === undefined) continue;
      const { cb } = pending;
      const error = new PublishError(topic, reason, { mayHaveArrived: true });
      pending.cb = () => cb(error);
      this.#client.removeOutgoingMessage(id);
    }
  }

  /**
   * Fails what is in flight at QoS 2, and has the broker pass it on, or forget it:
   * what stayed with it would count against the window of the session.
   */
  #release(): void {
    const reason = "the broker may have forgotten the session";
    for (const [messageId, { packet, topic }] of this.#unconfirmed) {
      const pending = this.#client.outgoing[messageId];
      if (pending === undefined) continue;
      if (packet.cmd === "publish" && packet.qos !== 2) continue;
      const { cb } = pending;
      pending.cb = () => {};
      this.put({ cmd: "pubrel", messageId });
      cb(new PublishError(topic, reason, { mayHaveArrived: true }));
    }
  }

  /** Takes a packet that is being sent. */
  put(packet: Packet, done?: (error?: Error) => void): this {
    const id = packet.messageId!;
    const topic = packet.cmd === "publish"
      ? packet.topic
      : this.#unconfirmed.get(id)?.topic ?? "";
    this.#unconfirmed.set(id, { packet, topic });
    done?.();
    return this;
  }

  /** Gives a packet that is not confirmed. */
  get: Store["get"] = ({ messageId }, done) => {
    const packet = this.#unconfirmed.get(messageId!)?.packet;
    done(packet ? undefined : missing(messageId), packet);
    return this;
  };

  /** Takes out a message that is confirmed. */
  del: Store["del"] = ({ messageId }, done) => {
    const packet = this.#unconfirmed.get(messageId!)?.packet;
    this.#unconfirmed.delete(messageId!);
    done(packet ? undefined : missing(messageId), packet);
    return this;
  };

  /** Gives MQTT.js nothing to send again: {@linkcode resume} does it. */
  createStream: Store["createStream"] = () =>
    Readable.from([]) as unknown as ReturnType<Store["createStream"]>;

  /** Ends with the client. */
  close: Store["close"] = (done) => done();
}

function missing(messageId: number | undefined): Error {
  return new Error(`Message id ${messageId} is not in flight`);
}

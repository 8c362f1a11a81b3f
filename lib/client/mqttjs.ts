/**
 * What the toolkit replaces in MQTT.js: how it sends, counts ids, and takes a
 * connection for dead.
 *
 * @module
 */
import type { IClientOptions, MqttClient, Packet } from "mqtt";

/** Sends a packet, or keeps it for the next connection. */
export type SendPacket = (
  packet: Packet,
  done?: (error?: Error) => void,
  onStored?: () => void,
  isStored?: boolean,
) => void;

/** The one private method of MQTT.js that the toolkit calls and replaces. */
export function internalsOf(client: MqttClient): { _sendPacket: SendPacket } {
  return client as unknown as { _sendPacket: SendPacket };
}

type Provider = NonNullable<IClientOptions["messageIdProvider"]>;

const MOST = 65_535;

/**
 * Gives message ids one after the other, and none that is still in use: in use is
 * what the client waits for an answer to.
 *
 * MQTT.js's own providers forget at each reconnect which ids its unacknowledged
 * messages hold, so that a new packet could take the id of one that is about to be
 * sent again.
 *
 * In a session that is kept, a program before this one may have left messages of QoS
 * 2 half sent, and the broker takes a new one under such an id for the old one. So
 * the ids begin anywhere there.
 */
export class MessageIds implements Provider {
  readonly #client: MqttClient;
  #last: number;

  constructor(client: MqttClient) {
    this.#client = client;
    const isSessionKept = client.options.clean === false;
    this.#last = isSessionKept ? Math.floor(Math.random() * MOST) : 0;
  }

  /** Gives an id, or null if all are in use, which makes MQTT.js wait. */
  allocate(): number {
    const { outgoing } = this.#client;
    for (let tried = 0; tried < MOST; tried++) {
      this.#last = this.#last % MOST + 1;
      if (outgoing[this.#last] === undefined) return this.#last;
    }
    return null as unknown as number;
  }

  getLastAllocated(): number {
    return this.#last;
  }

  /** Takes back an id for a packet that is sent again under it. */
  register(): boolean {
    return true;
  }

  deallocate(): void {}

  clear(): void {}
}

/**
 * Takes a connection for dead only when nothing at all has come for half a
 * keepalive after a ping.
 *
 * MQTT.js waits for the ping's answer alone. The answer may come late behind a
 * backlog of messages, or lie unread because a handler has kept the program busy:
 * then the next ping decides. A peer that is gone is still noticed within 1.5
 * keepalives (MQTT 3.1.1 section 3.1.2.10).
 */
export function watchSilence(client: MqttClient): void {
  const giveUp = client.onKeepaliveTimeout.bind(client);
  let hasHeard = false;
  let due = 0;

  const hear = () => hasHeard = true;

  client.on("packetsend", ({ cmd }) => {
    if (cmd !== "pingreq") return;
    hasHeard = false;
    // One packet is enough: to look at each of them would cost time.
    client.off("packetreceive", hear).once("packetreceive", hear);
    due = performance.now() + client.keepalive * 500;
  });
  client.onKeepaliveTimeout = () => {
    const wasBusy = performance.now() > due + client.keepalive * 250;
    if (hasHeard || wasBusy) client.sendPing();
    else giveUp();
  };
}

import type { IClientOptions, MqttClient } from "mqtt";

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

import mqtt, { type MqttClient } from "mqtt";

const MOST = 65_535;

/**
 * Message ids that are never given twice.
 *
 * MQTT.js forgets at each reconnect which ids its unacknowledged messages hold,
 * so that a new packet could take the id of one that is about to be sent again.
 *
 * In a session that is kept, a program before this one may have left messages of QoS
 * 2 half sent, and the broker takes a new one under such an id for the old one. So
 * the ids begin anywhere there, and follow each other, instead of being the lowest.
 */
export class MessageIds extends mqtt.UniqueMessageIdProvider {
  /** The client whose ids these are. */
  client?: MqttClient;
  #next = Math.floor(Math.random() * MOST);

  override allocate(): number {
    if (this.client?.options.clean !== false) return super.allocate();
    const id = this.#next = this.#next % MOST + 1;
    return super.register(id) ? id : super.allocate();
  }

  override clear(): void {
    super.clear();
    for (const id of Object.keys(this.client?.outgoing ?? {})) {
      super.register(Number(id));
    }
  }

  /** Takes back an id for a packet that is sent again under it. */
  override register(id: number): boolean {
    super.register(id);
    return true;
  }
}

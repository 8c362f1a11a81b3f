import mqtt, { type MqttClient } from "mqtt";

/**
 * Message ids that are never given twice.
 *
 * MQTT.js forgets at each reconnect which ids its unacknowledged messages hold,
 * so that a new packet could take the id of one that is about to be sent again.
 */
export class MessageIds extends mqtt.UniqueMessageIdProvider {
  /** The client whose ids these are. */
  client?: MqttClient;

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

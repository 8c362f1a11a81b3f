import type { MqttClient, Packet } from "mqtt";

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

import { ProtocolError, protocolError } from "./reason.ts";

/** The types of packets (MQTT 3.1.1 and 5.0, both section 2). */
export const PACKET = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const;

/** The versions of the protocol, as CONNECT has them. */
export type Version = 3 | 4 | 5;

/** Those that only a broker sends; AUTH is for methods that it hasn't got. */
const NOT_FROM_CLIENTS: readonly number[] = [
  0,
  PACKET.CONNACK,
  PACKET.SUBACK,
  PACKET.UNSUBACK,
  PACKET.PINGRESP,
  PACKET.AUTH,
];
/** Those whose flags are 2; of all others but PUBLISH they are 0. */
const WITH_FLAGS: readonly number[] = [
  PACKET.PUBREL,
  PACKET.SUBSCRIBE,
  PACKET.UNSUBSCRIBE,
];

/** Checks the first byte of a client's packet. */
export function checkHeader(
  header: number,
  version: Version | undefined,
): void {
  const type = header >> 4;
  const flags = header & 0x0f;
  if (version === undefined && type !== PACKET.CONNECT) {
    throw protocolError("Packet comes before CONNECT");
  }
  if (version !== undefined && type === PACKET.CONNECT) {
    throw protocolError("CONNECT comes a second time");
  }
  if (type === PACKET.PUBLISH) {
    if ((flags & 6) === 6) throw new ProtocolError("PUBLISH has QoS 3");
    return;
  }
  if (type === PACKET.AUTH && version === 5) {
    throw protocolError("AUTH comes without a method that was agreed on");
  }
  if (NOT_FROM_CLIENTS.includes(type)) {
    throw protocolError(`Packet of type ${type} is not for a client to send`);
  }
  if (flags !== (WITH_FLAGS.includes(type) ? 2 : 0)) {
    throw new ProtocolError(`Packet of type ${type} has the flags ${flags}`);
  }
}

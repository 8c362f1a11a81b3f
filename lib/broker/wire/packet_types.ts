import { ProtocolError, protocolError } from "./protocol_error.ts";

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

/** The flags that a type from a client must have; those of PUBLISH say something. */
const FLAGS: Readonly<Record<number, number>> = {
  [PACKET.CONNECT]: 0,
  [PACKET.PUBACK]: 0,
  [PACKET.PUBREC]: 0,
  [PACKET.PUBREL]: 2,
  [PACKET.PUBCOMP]: 0,
  [PACKET.SUBSCRIBE]: 2,
  [PACKET.UNSUBSCRIBE]: 2,
  [PACKET.PINGREQ]: 0,
  [PACKET.DISCONNECT]: 0,
};

/**
 * Checks the first byte of a client's packet.
 *
 * @param version That of the client; `undefined` before CONNECT.
 * @throws {ProtocolError} If a client may not send it now.
 */
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
  const expected = FLAGS[type];
  if (expected === undefined) {
    throw protocolError(`Packet of type ${type} is not for a client to send`);
  }
  if (flags !== expected) {
    throw new ProtocolError(`Packet of type ${type} has the flags ${flags}`);
  }
}

import { Buffer } from "node:buffer";

/** A message on its way to one client. */
export interface Delivery {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
}

const PUBLISH = 0x30;
const DUP = 0x08;
const RETAIN = 0x01;
const PUBREL = [0x62, 2] as const;

/**
 * A PUBLISH packet (MQTT 3.1.1 section 3.3) up to its payload, which needn't be
 * copied.
 */
export function publishHeader(
  { topic, payload, qos, retain }: Delivery,
  id = 0,
  isDuplicate = false,
): Buffer {
  const topicLength = Buffer.byteLength(topic);
  const variableLength = 2 + topicLength + (qos === 0 ? 0 : 2);
  const remaining = remainingLength(variableLength + payload.length);
  const header = Buffer.allocUnsafe(1 + remaining.length + variableLength);
  header[0] = PUBLISH | (qos << 1) | (retain ? RETAIN : 0) |
    (isDuplicate ? DUP : 0);
  header.set(remaining, 1);
  let offset = 1 + remaining.length;
  offset = header.writeUInt16BE(topicLength, offset);
  offset += header.write(topic, offset);
  if (qos !== 0) header.writeUInt16BE(id, offset);
  return header;
}

/** A PUBREL packet (MQTT 3.1.1 section 3.6). */
export function pubrel(id: number): Buffer {
  return Buffer.from([...PUBREL, id >> 8, id & 0xff]);
}

/** Seven bits a byte, the lowest first (MQTT 3.1.1 section 2.2.3). */
function remainingLength(length: number): number[] {
  const bytes = [];
  do {
    bytes.push((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
    length >>>= 7;
  } while (length > 0);
  return bytes;
}

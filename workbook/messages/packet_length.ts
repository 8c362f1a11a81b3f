/**
 * How many bytes a packet has, by its fixed header (MQTT 3.1.1 section 2.2.3).
 *
 * @param bytes Bytes with the packet's beginning in them.
 * @param start Where it begins.
 * @returns Its length, `undefined` if the header isn't all there, or the length of
 *   all that is there if it can't be one.
 */
export function packetLength(
  bytes: Uint8Array,
  start = 0,
): number | undefined {
  let remaining = 0;
  for (let index = 1; index <= 4; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 0x80 ** (index - 1);
    if (byte < 0x80) return 1 + index + remaining;
  }
  return bytes.length - start;
}

/**
 * WebSocket frame by frame (RFC 6455), for tests of what no library sends.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** The bits of a frame's first two bytes. */
export const FRAME = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
  COMPRESSED: 0x40,
  FIN: 0x80,
  MASKED: 0x80,
} as const;

/** The lines of a request that opens a WebSocket for MQTT (section 4.1). */
export const UPGRADE: readonly string[] = [
  "GET /mqtt HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: mqtt",
  "Sec-WebSocket-Extensions: permessage-deflate",
];

/** The bytes of a request without a body. */
export function httpRequest(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode([...lines, "", ""].join("\r\n"));
}

/** A frame (RFC 6455 section 5.2), masked with zeros unless told otherwise. */
export function frame(
  first: number,
  content: Uint8Array,
  isMasked = true,
): Uint8Array {
  const mask = isMasked ? FRAME.MASKED : 0;
  const { length } = content;
  const header = length < 126
    ? [first, mask | length]
    : length < 65_536
    ? [first, mask | 126, length >> 8, length & 0xff]
    : [
      ...[first, mask | 127, 0, 0, 0, 0],
      ...[length >>> 24, (length >> 16) & 0xff],
      ...[(length >> 8) & 0xff, length & 0xff],
    ];
  const key = isMasked ? [0, 0, 0, 0] : [];
  return Buffer.concat([Uint8Array.from([...header, ...key]), content]);
}

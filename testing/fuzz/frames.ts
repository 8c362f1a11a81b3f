import {
  FRAME,
  frame,
  httpRequest,
  UPGRADE,
} from "../clients/websocket_frames.ts";
import type { Random } from "../../workbook/checking/random.ts";
import { bytes } from "./values.ts";

const WRONG_LINES = [
  "Sec-WebSocket-Key: short",
  "Sec-WebSocket-Version: 99",
  "Origin: https://evil.example",
  "Content-Length: 99999999",
  "Transfer-Encoding: chunked",
  `X: ${"y".repeat(20_000)}`,
  "GET http://[ HTTP/1.1",
  "POST /../../etc/passwd HTTP/1.0",
  "\0",
];

/** A request that may have something wrong in it. */
export function wrongRequest(random: Random): Uint8Array {
  const index = random.integer(0, UPGRADE.length - 1);
  return httpRequest(UPGRADE.with(index, random.pick(WRONG_LINES)));
}

/** Puts bytes into frames, cut anywhere, with pings in between. */
export function intoFrames(stream: Uint8Array, random: Random): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < stream.length;) {
    const end = random.integer(start, stream.length);
    frames.push(...message(stream.subarray(start, end), random));
    start = end;
    if (random.next() < 0.1) {
      frames.push(frame(FRAME.FIN | FRAME.PING, bytes(random, 125)));
    }
  }
  return frames;
}

/** A frame that mustn't be, or a control frame out of place. */
export function wrongFrame(random: Random): Uint8Array {
  return random.pick([
    () => frame(FRAME.FIN | FRAME.TEXT, bytes(random, 20)),
    // Compressed, though that wasn't agreed on: a bomb, if it were unpacked.
    () => frame(FRAME.FIN | FRAME.COMPRESSED | FRAME.BINARY, bytes(random, 50)),
    () => frame(FRAME.FIN | FRAME.BINARY, bytes(random, 20), false),
    () => frame(FRAME.FIN | FRAME.CONTINUATION, bytes(random, 20)),
    () => frame(FRAME.FIN | FRAME.CLOSE, bytes(random, 125)),
    () => frame(FRAME.PING, bytes(random, 20)),
    () => frame(FRAME.FIN | random.integer(0, 15), bytes(random, 20)),
    // Lengths of gigabytes and more.
    () =>
      Uint8Array.of(
        FRAME.FIN | FRAME.BINARY,
        FRAME.MASKED | 127,
        0,
        0,
        0,
        9,
        9,
        9,
        9,
        9,
      ),
    () =>
      Uint8Array.of(
        FRAME.FIN | FRAME.BINARY,
        FRAME.MASKED | 127,
        ...Array(8).fill(255),
      ),
    () => bytes(random, 100),
  ])();
}

/** A message in one frame, or in several. */
function message(content: Uint8Array, random: Random): Uint8Array[] {
  const cut = random.next() < 0.3
    ? random.integer(0, content.length)
    : content.length;
  if (cut === content.length) return [frame(FRAME.FIN | FRAME.BINARY, content)];
  return [
    frame(FRAME.BINARY, content.subarray(0, cut)),
    frame(FRAME.FIN | FRAME.CONTINUATION, content.subarray(cut)),
  ];
}

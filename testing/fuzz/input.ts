import { Buffer } from "node:buffer";
import { Random } from "../../workbook/checking/random.ts";
import {
  FRAME,
  frame,
  httpRequest,
  UPGRADE,
} from "../clients/websocket_frames.ts";
import { mutate } from "./mutate.ts";
import { type PacketMakers, PACKETS, PINGREQ } from "./packets.ts";
import { bytes } from "./values.ts";

/** How often a packet is of another protocol version than its CONNECT. */
const MIXED = 0.05;

/** What the fuzzer does with one connection. */
export interface Input {
  transport: "tcp" | "websocket";
  /** What is written, one after the other. */
  pieces: Uint8Array[];
  /**
   * Whether it is all well formed up to the PINGREQ at its end, so that an
   * answer has to come.
   */
  isIntact: boolean;
  /** How it ends: reading to the broker's end, or leaving without a word. */
  ending: "read" | "leave" | "ignore";
}

/** Makes an input: the same for the same seed and number. */
export function makeInput(seed: number, number: number): Input {
  const mixed = Math.imul(seed, 0x9e3779b1) + Math.imul(number, 0x85ebca77);
  const random = new Random(mixed);
  const isIntact = random.next() < 0.1;
  const [first, ...others] = isIntact
    ? intact(random, number)
    : hostile(random);
  // Its answer tells that all before it has been dealt with.
  const rest = Buffer.concat([...others, PINGREQ]);
  // A CONNECT has to be whole before much else has come, also of its message.
  const streams = isIntact ? [first!, rest] : [Buffer.concat([first!, rest])];
  const transport = random.pick(["tcp", "websocket"] as const);
  const parts: Uint8Array[] = transport === "tcp"
    ? streams
    : streams.flatMap((stream) => intoFrames(stream, random));
  if (transport === "websocket") {
    const isWrong = !isIntact && random.next() < 0.05;
    if (!isIntact && random.next() < 0.15) {
      parts.splice(random.integer(0, parts.length), 0, wrongFrame(random));
    }
    parts.unshift(isWrong ? wrongRequest(random) : httpRequest(UPGRADE));
  }
  const ending = isIntact || random.next() < 0.85
    ? "read"
    : random.pick(["leave", "ignore"] as const);
  const pieces = cut(Buffer.concat(parts), random);
  return { transport, pieces, isIntact, ending };
}

/** What a client might send. */
function intact(random: Random, number: number): Uint8Array[] {
  const makers = random.pick(PACKETS);
  // A name of its own: another client of the same would cut it.
  const packets = [makers.newcomer(`intact-${number}`, random)];
  for (let count = random.integer(0, 5); count > 0; count--) {
    packets.push(makers.request(random));
  }
  return packets;
}

function hostile(random: Random): Uint8Array[] {
  const [makers, others] = random.shuffle(PACKETS) as [
    PacketMakers,
    PacketMakers,
  ];
  let packets = random.next() < 0.8 ? [makers.connect(random)] : [];
  const isGrammatical = random.next() < 0.4;
  for (let count = random.integer(1, 8); count > 0; count--) {
    const { nonsense, wellFormed } = random.next() < MIXED ? others : makers;
    packets.push(
      isGrammatical && random.next() < 0.5
        ? nonsense(random)
        : wellFormed(random),
    );
  }
  // Some keep their CONNECT: what follows gets further then.
  if (random.next() < 0.9) {
    const [first, ...others] = packets;
    packets = others.length > 0 && random.next() < 0.8
      ? [first!, ...mutate(others, random)]
      : mutate(packets, random);
  }
  return packets;
}

/** Cuts bytes anywhere: into a few pieces, or one for each of the first bytes. */
function cut(stream: Uint8Array, random: Random): Uint8Array[] {
  const offsets = random.next() < 0.02
    ? Array.from({ length: 50 }, (_, index) => index)
    : Array.from(
      { length: random.pick([0, 0, 1, 3]) },
      () => random.integer(0, stream.length),
    );
  const ends = [...offsets.sort((one, other) => one - other), stream.length];
  return ends
    .map((end, index) => stream.subarray(ends[index - 1] ?? 0, end))
    .filter((piece) => piece.length > 0);
}

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

function wrongRequest(random: Random): Uint8Array {
  const index = random.integer(0, UPGRADE.length - 1);
  return httpRequest(UPGRADE.with(index, random.pick(WRONG_LINES)));
}

/** Puts bytes into frames, cut anywhere, with pings in between. */
function intoFrames(stream: Uint8Array, random: Random): Uint8Array[] {
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
function wrongFrame(random: Random): Uint8Array {
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

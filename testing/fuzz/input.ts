import { Buffer } from "node:buffer";
import { Random } from "../../workbook/checking/random.ts";
import { httpRequest, UPGRADE } from "../clients/websocket_frames.ts";
import { intoFrames, wrongFrame, wrongRequest } from "./frames.ts";
import { mutate } from "./mutate.ts";
import { type PacketMakers, PACKETS, PINGREQ } from "./packets.ts";

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

import { Buffer } from "node:buffer";
import type { Random } from "../../workbook/checking/random.ts";
import { bytes } from "./values.ts";

/** Bytes at which programs that read lengths and flags go wrong. */
const AWKWARD = [0x00, 0x01, 0x7f, 0x80, 0xff];

type Mutation = (packets: Uint8Array[], random: Random) => Uint8Array[];

const MUTATIONS: readonly Mutation[] = [
  change((packet, random) => {
    if (packet.length === 0) return packet;
    const result = packet.slice();
    for (let count = random.integer(1, 4); count > 0; count--) {
      result[random.integer(0, result.length - 1)]! ^= 1 <<
        random.integer(0, 7);
    }
    return result;
  }),
  change((packet, random) => packet.slice(0, random.integer(0, packet.length))),
  // Another remaining length.
  change((packet, random) => {
    const length = random.pick(AWKWARD);
    const result = packet.slice();
    if (result.length > 1) result[1] = length;
    return result;
  }),
  change((packet, random) => {
    const result = packet.slice();
    if (result.length > 0) {
      result[random.integer(0, result.length - 1)] = random.pick(AWKWARD);
    }
    return result;
  }),
  // A piece is repeated.
  change((packet, random) => {
    const [start, end] = piece(packet, random);
    return Buffer.concat([packet.subarray(0, end), packet.subarray(start)]);
  }),
  // A piece is missing.
  change((packet, random) => {
    const [start, end] = piece(packet, random);
    return Buffer.concat([packet.subarray(0, start), packet.subarray(end)]);
  }),
  // Something comes in between.
  change((packet, random) => {
    const [start] = piece(packet, random);
    const other = bytes(random, 10);
    return Buffer.concat([
      packet.subarray(0, start),
      other,
      packet.subarray(start),
    ]);
  }),
  // The beginning of one, the end of another.
  (packets, random) => {
    const [one, other] = [random.pick(packets), random.pick(packets)];
    const [start] = piece(one, random);
    const [end] = piece(other, random);
    return [
      ...packets,
      Buffer.concat([one.subarray(0, start), other.subarray(end)]),
    ];
  },
  (packets, random) => random.shuffle(packets),
  (packets, random) => [...packets, ...packets, random.pick(packets)],
];

/** Changes some packets, as often as chance has it. */
export function mutate(packets: Uint8Array[], random: Random): Uint8Array[] {
  let result = packets;
  for (let count = random.integer(1, 3); count > 0; count--) {
    result = random.pick(MUTATIONS)(result, random);
  }
  return result;
}

/** A mutation of one of the packets. */
function change(
  alter: (packet: Uint8Array, random: Random) => Uint8Array,
): Mutation {
  return (packets, random) => {
    const index = random.integer(0, packets.length - 1);
    return packets.with(index, alter(packets[index]!, random));
  };
}

function piece(packet: Uint8Array, random: Random): [number, number] {
  const start = random.integer(0, packet.length);
  return [start, random.integer(start, packet.length)];
}

import { Buffer } from "node:buffer";
import { checkBody, checkHeader, PACKET } from "./check_packet.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { TokenBucket } from "../token_bucket.ts";

/** A CONNECT has five fields of at most 65,535 bytes, and ten bytes before. */
const LARGEST_CONNECT = 10 + 5 * (2 + 65_535);
/** A room to begin with, for a packet that comes in pieces. */
const SMALLEST_ROOM = 4_096;

/** What the reader needs to know. */
export interface PacketReaderOptions {
  maxPacketSize: number;
  maxTopicLevels: number;
  /** What the client may send for now, in packets other than acknowledgements. */
  allowance: TokenBucket;
}

/** What {@linkcode PacketReader.take} has made of some bytes. */
export interface Taken {
  /** Packets that are whole and well formed, one after the other. */
  packets: Buffer;
  /** What is to come again, once the packets are done with. */
  rest: Buffer;
  /** Whether the rest has to wait, since the client sends too much. */
  isHeldUp: boolean;
  /** Why nothing more is taken, once the packets are done with. */
  error: unknown;
}

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a client's bytes into packets, and lets none through that MQTT 3.1.1
 * forbids or that is larger than the limit: that is clear upon its fixed header,
 * before the rest is there.
 */
export class PacketReader {
  readonly #options: PacketReaderOptions;
  /** The beginning of a packet whose end hasn't come. */
  #room = NOTHING;
  #filled = 0;
  /** How many bytes there have to be before it is worth looking. */
  #wanted = 0;
  #isConnected = false;
  #isOver = false;

  constructor(options: PacketReaderOptions) {
    this.#options = options;
  }

  /** Takes bytes that have arrived. */
  take(arrived: Buffer): Taken {
    const taken: Taken = {
      packets: NOTHING,
      rest: NOTHING,
      isHeldUp: false,
      error: undefined,
    };
    const bytes = this.#join(arrived);
    if (bytes === undefined) return taken;
    let end = 0;
    this.#wanted = 0;
    try {
      while (end < bytes.length && !this.#isOver) {
        const next = this.#endOfPacket(bytes, end);
        if (next === undefined) break;
        const header = bytes[end]!;
        if (!isAcknowledgement(header) && !this.#options.allowance.take()) {
          taken.isHeldUp = true;
          break;
        }
        this.#check(bytes.subarray(end, next));
        end = next;
        // Retained messages follow it. One at a time, or a few bytes would set
        // off thousands of those, all under way together.
        if (header >> 4 === PACKET.SUBSCRIBE) break;
      }
    } catch (error) {
      taken.error = error;
    }
    taken.packets = bytes.subarray(0, end);
    // What follows DISCONNECT, or an error, is for nobody.
    if (this.#isOver || taken.error !== undefined) return taken;
    if (this.#wanted > 0) this.#keep(bytes.subarray(end));
    else taken.rest = bytes.subarray(end);
    return taken;
  }

  /** Finds the end of the packet that starts at an offset, if it has come. */
  #endOfPacket(bytes: Buffer, start: number): number | undefined {
    const header = bytes[start]!;
    const length = readLength(bytes, start + 1);
    this.#checkStart(header, length);
    const end = length && start + 1 + length.bytes + length.value;
    if (end !== undefined && end <= bytes.length) return end;
    this.#wanted = (end ?? bytes.length + 1) - start;
    return undefined;
  }

  #checkStart(header: number, length: Length | undefined): void {
    checkHeader(header);
    const isConnect = header >> 4 === PACKET.CONNECT;
    if (isConnect && this.#isConnected) {
      throw new ProtocolError("CONNECT comes a second time");
    }
    if (!isConnect && !this.#isConnected) {
      throw new ProtocolError("Packet comes before CONNECT");
    }
    if (length === undefined) return;
    const most = isConnect
      ? Math.min(LARGEST_CONNECT, this.#options.maxPacketSize)
      : this.#options.maxPacketSize;
    const size = 1 + length.bytes + length.value;
    if (size > most) {
      throw new ProtocolError(
        `Packet has ${size} bytes: maxPacketSize allows ${most}`,
      );
    }
  }

  #check(packet: Buffer): void {
    const header = packet[0]!;
    const { bytes } = readLength(packet, 1)!;
    checkBody(header, packet.subarray(1 + bytes), this.#options.maxTopicLevels);
    this.#isConnected = true;
    this.#isOver = header >> 4 === PACKET.DISCONNECT;
  }

  /** Puts bytes to those that wait, and returns all if they may be enough. */
  #join(arrived: Buffer): Buffer | undefined {
    if (this.#filled === 0) return arrived;
    const filled = this.#filled + arrived.length;
    if (filled > this.#room.length) {
      // Twice as much each time, so that a packet in tiny pieces isn't copied
      // for each; and never all that is only announced.
      const more = Math.min(2 * this.#filled, this.#wanted);
      const room = Buffer.allocUnsafeSlow(Math.max(filled, more));
      room.set(this.#room.subarray(0, this.#filled));
      this.#room = room;
    }
    this.#room.set(arrived, this.#filled);
    this.#filled = filled;
    if (filled < this.#wanted) return undefined;
    const bytes = this.#room.subarray(0, filled);
    this.#room = NOTHING;
    this.#filled = 0;
    return bytes;
  }

  /** Keeps the beginning of a packet, in a room of its own. */
  #keep(rest: Buffer): void {
    const size = Math.max(rest.length, Math.min(this.#wanted, SMALLEST_ROOM));
    this.#room = Buffer.allocUnsafeSlow(size);
    this.#room.set(rest);
    this.#filled = rest.length;
  }
}

interface Length {
  /** How many bytes it takes. */
  bytes: number;
  value: number;
}

/** Reads a remaining length (section 2.2.3), if all of it is there. */
function readLength(bytes: Buffer, start: number): Length | undefined {
  let value = 0;
  for (let index = 0; index < 4; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 0x80 ** index;
    if (byte < 0x80) return { bytes: index + 1, value };
  }
  throw new ProtocolError("Remaining length has more than four bytes");
}

function isAcknowledgement(header: number): boolean {
  const type = header >> 4;
  return type >= PACKET.PUBACK && type <= PACKET.PUBCOMP;
}

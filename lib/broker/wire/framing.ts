import { Buffer } from "node:buffer";
import { ProtocolError, REASON } from "./packets.ts";

/** What may be kept of a client that hasn't been let in. */
export const MOST_BEFORE_CONNECT = 65_536;
/** A room to begin with, for a packet that comes in pieces. */
const SMALLEST_ROOM = 4_096;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a client's bytes into packets (MQTT 3.1.1 section 2.2). One that is larger
 * than the limit is refused upon its fixed header, before the rest is there.
 */
export class Framing {
  /** Checks the first byte of each packet, as soon as it is there. */
  readonly #check: (header: number) => void;
  maxPacketSize = MOST_BEFORE_CONNECT;
  /** The first byte of the packet that `next()` has found. */
  header = 0;
  /** Where it is: what follows its length is from `start` up to `end`. */
  bytes: Buffer = NOTHING;
  packetStart = 0;
  start = 0;
  end = 0;
  /** The beginning of a packet whose end hasn't come. */
  #room: Buffer = NOTHING;
  #filled = 0;
  /** How many bytes there have to be before it is worth looking. */
  #wanted = 0;

  constructor(check: (header: number) => void) {
    this.#check = check;
  }

  /** How many bytes are kept for a packet whose end hasn't come. */
  get held(): number {
    return this.#room.length;
  }

  add(arrived: Buffer): void {
    if (this.#filled > 0) {
      this.#fill(arrived);
    } else if (this.end < this.bytes.length) {
      this.#take(Buffer.concat([this.bytes.subarray(this.end), arrived]));
    } else {
      this.#take(arrived);
    }
  }

  /** Finds the next packet; `header`, `bytes`, `start` and `end` tell it. */
  next(): boolean {
    const { bytes, end: first } = this;
    if (first >= bytes.length) return false;
    const header = bytes[first]!;
    this.#check(header);
    let length = 0;
    let offset = first + 1;
    for (let factor = 1;; factor *= 0x80) {
      if (offset - first > 4) {
        throw new ProtocolError("Remaining length has more than four bytes");
      }
      const byte = bytes[offset++];
      if (byte === undefined) return this.#keep(bytes.length - first + 1);
      length += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    const end = offset + length;
    if (end - first > this.maxPacketSize) this.#refuse(end - first);
    if (end > bytes.length) return this.#keep(end - first);
    this.header = header;
    this.packetStart = first;
    this.start = offset;
    this.end = end;
    return true;
  }

  /**
   * @throws {ProtocolError} If the packet's length has more bytes than it must
   * (MQTT 5.0 section 1.5.5).
   */
  assertShort(): void {
    const { bytes, packetStart, start } = this;
    if (bytes[start - 1] !== 0 || start - packetStart === 2) return;
    throw new ProtocolError("Remaining length has more bytes than it must");
  }

  /** Makes `next()` find the same packet once more. */
  putBack(): void {
    this.end = this.packetStart;
  }

  #refuse(size: number): never {
    throw new ProtocolError(
      `Packet has ${size} bytes: maxPacketSize allows ${this.maxPacketSize}`,
      REASON.PACKET_TOO_LARGE,
    );
  }

  #take(bytes: Buffer): void {
    this.bytes = bytes;
    this.end = 0;
  }

  /** Keeps the beginning of a packet, in a room of its own. */
  #keep(wanted: number): false {
    const rest = this.bytes.subarray(this.end);
    const size = Math.max(rest.length, Math.min(wanted, SMALLEST_ROOM));
    this.#room = Buffer.allocUnsafeSlow(size);
    this.#room.set(rest);
    this.#filled = rest.length;
    this.#wanted = wanted;
    this.#take(NOTHING);
    return false;
  }

  /** Puts bytes to those that wait, and takes all if they may be enough. */
  #fill(arrived: Buffer): void {
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
    if (filled < this.#wanted) return;
    this.#take(this.#room.subarray(0, filled));
    this.#room = NOTHING;
    this.#filled = 0;
  }
}

import { type Buffer, isUtf8 } from "node:buffer";
import { ProtocolError } from "./packets.ts";

/** Reads a packet field by field (MQTT 3.1.1 and 5.0, both section 1.5). */
export class PacketBody {
  readonly #bytes: Buffer;
  readonly #end: number;
  #offset: number;

  /** What is in `bytes` from `start` up to `end`. */
  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** How far it has been read. */
  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#end;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  word(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  doubleWord(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** A number of one to four bytes, no longer than it must be. */
  variable(): number {
    let value = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 0x80 ** index;
      if (byte >= 0x80) continue;
      if (byte > 0 || index === 0) return value;
      break;
    }
    throw new ProtocolError("Number has more bytes than it must have");
  }

  /** A length of two bytes, and so many bytes. */
  bytes(): Buffer {
    return this.part(this.word());
  }

  /** The next so many bytes. */
  part(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Passes over a length of two bytes, and so many bytes. */
  skip(): void {
    this.#take(this.word());
  }

  /** Text has no NUL and no halves of surrogate pairs. */
  text(): string {
    const bytes = this.bytes();
    if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString();
    throw new ProtocolError("Packet has text that is not UTF-8, or NUL in it");
  }

  #take(count: number): number {
    const start = this.#offset;
    this.#offset += count;
    if (this.#offset <= this.#end) return start;
    throw new ProtocolError("Packet ends in the midst of a field");
  }
}

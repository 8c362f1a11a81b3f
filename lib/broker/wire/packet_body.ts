import type { Buffer } from "node:buffer";
import { ProtocolError } from "./protocol_error.ts";

/** Reads a packet field by field (MQTT 3.1.1 section 1.5). */
export class PacketBody {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  word(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  /** A length of two bytes, and so many bytes. */
  bytes(): Buffer {
    const length = this.word();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(count: number): number {
    const start = this.#offset;
    this.#offset += count;
    if (this.#offset <= this.#bytes.length) return start;
    throw new ProtocolError("Packet ends in the midst of a field");
  }
}

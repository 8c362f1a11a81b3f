import { formatSecond, type TimeFormat } from "./local_time.ts";

const FIRST_SIZE = 64 * 1024;
const SECOND = 1_000_000;
/** A row has a time of 33 bytes at most, two commas and a line end. */
const MOST_BESIDE_FIELDS = 64;

const ZERO = 0x30;
const COMMA = 0x2c;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A reading, whose topic and value are encoded as a row has them. */
interface EncodedReading {
  /** Microseconds since 1970. */
  time: number;
  topic: Uint8Array;
  value: Uint8Array;
}

/**
 * The rows that are to be written next, as the bytes that the file gets. To put each
 * together as text, and to encode them afterwards, takes twice as long.
 */
export class RowBuffer {
  readonly #format: TimeFormat;
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;
  #count = 0;
  /** Where the last row begins. */
  #last = 0;
  /** The second in hand, and what a time has before and after its fraction. */
  #second = NaN;
  #before = new Uint8Array();
  #after = new Uint8Array();

  /** @param format How rows tell the time. */
  constructor(format: TimeFormat) {
    this.#format = format;
  }

  /** How many bytes the rows have. */
  get length(): number {
    return this.#length;
  }

  /** How many rows there are. */
  get count(): number {
    return this.#count;
  }

  /** The rows, one after the other; good until the next change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The text of the row that was added last. */
  get lastRow(): string {
    return decoder.decode(this.#bytes.subarray(this.#last, this.#length));
  }

  /** Adds a row. */
  add({ time, topic, value }: EncodedReading): void {
    this.#last = this.#length;
    this.#reserve(topic.length + value.length + MOST_BESIDE_FIELDS);
    const second = Math.floor(time / SECOND);
    if (second !== this.#second) this.#beginSecond(second);
    this.#put(this.#before);
    this.#putSixDigits(time - second * SECOND);
    this.#put(this.#after);
    this.#put(topic);
    this.#bytes[this.#length++] = COMMA;
    this.#put(value);
    this.#bytes[this.#length++] = 0x0d;
    this.#bytes[this.#length++] = 0x0a;
    this.#count++;
  }

  /** Takes the row back that was added last. */
  removeLast(): void {
    this.#length = this.#last;
    this.#count--;
  }

  /** Forgets all rows. */
  clear(): void {
    this.#length = 0;
    this.#count = 0;
  }

  #beginSecond(second: number): void {
    const { before, after } = formatSecond(second, this.#format);
    this.#second = second;
    this.#before = encoder.encode(before);
    this.#after = encoder.encode(`${after},`);
  }

  #reserve(size: number): void {
    const least = this.#length + size;
    if (least <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }

  /** For the few bytes of a field, a loop takes less time than `set`. */
  #put(part: Uint8Array): void {
    const { length } = part;
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < length; index++) {
      bytes[start + index] = part[index]!;
    }
    this.#length = start + length;
  }

  #putSixDigits(number: number): void {
    const start = this.#length;
    let rest = number;
    for (let at = start + 5; at >= start; at--) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.#length = start + 6;
  }
}

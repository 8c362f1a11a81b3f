import type { MessageProperties } from "../../lib/mod.ts";

/** A message that is kept. */
export interface KeptMessage {
  /** When it came, in milliseconds since 1970. */
  time: number;
  /** The payload, or its beginning. */
  payload: Uint8Array;
  /** How many bytes the payload has in all. */
  bytes: number;
  qos: 0 | 1 | 2;
  retain: boolean;
  duplicate: boolean;
  properties: PropertyTexts;
  /** Whether it had others, which were too long to be kept. */
  hasLostProperties: boolean;
}

/** What stands before a payload: time, all its bytes, those kept, flags. */
const HEAD = 8 + 4 + 4 + 1;
const SMALLEST = 64;
const RETAIN = 4;
const DUPLICATE = 8;
const LOST_PROPERTIES = 16;

/**
 * The last messages of a topic, one after the other in one piece of memory: as objects,
 * a flood of them would live just long enough to burden the garbage collector.
 */
export class MessageLog {
  #bytes = new Uint8Array(SMALLEST);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #last = 0;
  /** Those that aren't empty, by the message's number. */
  readonly #properties = new Map<number, PropertyTexts>();
  /** How many messages are kept. */
  size = 0;
  /** How many have ever been pushed. */
  pushed = 0;

  /** How many bytes of memory it takes. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** The newest. */
  get last(): KeptMessage | undefined {
    return this.size === 0 ? undefined : this.#read(this.#last, this.pushed);
  }

  /** Adds a message. */
  push({ time, payload, bytes, ...flags }: KeptMessage): void {
    this.#makeRoom(HEAD + payload.length);
    this.#last = this.#end;
    this.#view.setFloat64(this.#end, time);
    this.#view.setUint32(this.#end + 8, bytes);
    this.#view.setUint32(this.#end + 12, payload.length);
    this.#bytes[this.#end + 16] = flags.qos | (flags.retain ? RETAIN : 0) |
      (flags.duplicate ? DUPLICATE : 0) |
      (flags.hasLostProperties ? LOST_PROPERTIES : 0);
    this.#bytes.set(payload, this.#end + HEAD);
    this.#end += HEAD + payload.length;
    this.size++;
    this.pushed++;
    if (flags.properties.length > 0) {
      this.#properties.set(this.pushed, flags.properties);
    }
  }

  /**
   * Takes the oldest out.
   *
   * @returns How many bytes of its payload and its properties were kept, or nothing if
   *   there was none.
   */
  shift(): number | undefined {
    if (this.size === 0) return undefined;
    const length = this.#view.getUint32(this.#start + 12);
    this.#start += HEAD + length;
    const number = this.pushed - this.size + 1;
    const properties = this.#properties.get(number) ?? [];
    this.#properties.delete(number);
    this.size--;
    return length + propertySize(properties);
  }

  /**
   * Those that have been pushed after the first `seen`, the oldest first.
   *
   * @param most Takes no more than these newest ones.
   * @returns Them, and how many of those asked for are left out: not kept, or too many.
   */
  since(
    seen: number,
    most = Infinity,
  ): { items: KeptMessage[]; leftOut: number } {
    const asked = this.pushed - seen;
    const taken = Math.min(asked, this.size, most);
    const items: KeptMessage[] = [];
    let number = this.pushed - this.size + 1;
    for (let at = this.#start; at < this.#end; number++) {
      if (number > this.pushed - taken) items.push(this.#read(at, number));
      at += HEAD + this.#view.getUint32(at + 12);
    }
    return { items, leftOut: asked - taken };
  }

  #read(at: number, number: number): KeptMessage {
    const flags = this.#bytes[at + 16]!;
    const start = at + HEAD;
    const end = start + this.#view.getUint32(at + 12);
    return {
      time: this.#view.getFloat64(at),
      payload: this.#bytes.slice(start, end),
      bytes: this.#view.getUint32(at + 8),
      qos: (flags & 3) as 0 | 1 | 2,
      retain: (flags & RETAIN) > 0,
      duplicate: (flags & DUPLICATE) > 0,
      properties: this.#properties.get(number) ?? [],
      hasLostProperties: (flags & LOST_PROPERTIES) > 0,
    };
  }

  /** What has been taken out makes room first, unless that is little, or very much. */
  #makeRoom(bytes: number): void {
    const { length } = this.#bytes;
    if (this.#end + bytes <= length) return;
    const kept = this.#bytes.subarray(this.#start, this.#end);
    const needed = kept.length + bytes;
    if (2 * needed > length || 8 * needed < length) {
      this.#bytes = new Uint8Array(Math.max(SMALLEST, 2 * needed));
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#bytes.set(kept);
    this.#last -= this.#start;
    this.#end = kept.length;
    this.#start = 0;
  }
}

/** MQTT 5's properties as names and values. */
type PropertyTexts = [name: string, value: string][];

/** What a pair costs besides its characters. */
const PAIR = 64;
const decoder = new TextDecoder();

/**
 * A message's properties as texts; what a stranger wrote in them stays as it is.
 *
 * They hold nothing of the packet that they came in: a Buffer of them would keep all
 * that came in one read.
 */
export function propertyTexts(properties: MessageProperties): PropertyTexts {
  return Object.entries(properties).flatMap(([name, value]): PropertyTexts => {
    if (value === undefined) return [];
    if (name !== "userProperties") return [[name, textOf(value)]];
    return [value].flat().flatMap((record) =>
      Object.entries(record as object).flatMap(([key, texts]) =>
        [texts].flat().map((text): [string, string] => [key, textOf(text)])
      )
    );
  });
}

/** How much memory they take, about. */
export function propertySize(properties: PropertyTexts): number {
  let size = 0;
  for (const [name, value] of properties) {
    size += PAIR + name.length + value.length;
  }
  return size;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}

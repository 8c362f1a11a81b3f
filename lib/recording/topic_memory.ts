const MOST_TOPICS = 10_000;
const MOST_CHARACTERS = 1_000_000;
/** Most values are shorter, and need no new memory each. */
const SHORT_VALUE = 16;

/** What a recorder knows of a topic: how a row names it, and what came last. */
class KnownTopic {
  /** How a row names it. */
  readonly field: Uint8Array;
  #value = new Uint8Array(SHORT_VALUE);
  #length = -1;
  #time: number | undefined;

  constructor(field: Uint8Array) {
    this.field = field;
  }

  /** Notes what is written for it, with the time that the publisher gave it, if any. */
  note(value: Uint8Array, time?: number): void {
    const { length } = value;
    if (length > this.#value.length) this.#value = new Uint8Array(length);
    for (let index = 0; index < length; index++) {
      this.#value[index] = value[index]!;
    }
    this.#length = length;
    this.#time = time;
  }

  /** Whether that is what was noted last. */
  isLast(value: Uint8Array, time?: number): boolean {
    return this.#length === value.length && this.#time === time &&
      value.every((byte, index) => byte === this.#value[index]);
  }
}

/**
 * What a recorder knows of each topic, of as many as memory is to be spent on:
 * strangers choose them. The 10,000 on which something came last are surely known, if
 * they have no more than a million characters, and never more than twice as many.
 */
export class TopicMemory {
  readonly #fieldOf: (topic: string) => Uint8Array;
  /** Those on which something came lately, and those before them. */
  #young = new Map<string, KnownTopic>();
  #old = new Map<string, KnownTopic>();
  #characters = 0;

  /** @param fieldOf Says how a row names a topic. */
  constructor(fieldOf: (topic: string) => Uint8Array) {
    this.#fieldOf = fieldOf;
  }

  /** Gives what is known of a topic, and makes it one of those that came last. */
  get(topic: string): KnownTopic {
    return this.#young.get(topic) ?? this.#remember(topic);
  }

  #remember(topic: string): KnownTopic {
    const characters = this.#characters + topic.length;
    if (this.#young.size === MOST_TOPICS || characters > MOST_CHARACTERS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    const known = this.#old.get(topic) ?? new KnownTopic(this.#fieldOf(topic));
    this.#young.set(topic, known);
    this.#characters += topic.length;
    return known;
  }
}

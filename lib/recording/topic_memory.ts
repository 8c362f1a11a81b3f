const MOST_TOPICS = 10_000;
const MOST_CHARACTERS = 1_000_000;

/** What a recorder knows of a topic. */
interface KnownTopic {
  /** How a row names it. */
  field: string;
  /** The value that was last written for it. */
  last?: string;
}

/**
 * What a recorder knows of each topic, of as many as memory is to be spent on:
 * strangers choose them. The 10,000 on which something came last are surely known, if
 * they have no more than a million characters, and never more than twice as many.
 */
export class TopicMemory {
  readonly #fieldOf: (topic: string) => string;
  /** Those on which something came lately, and those before them. */
  #young = new Map<string, KnownTopic>();
  #old = new Map<string, KnownTopic>();
  #characters = 0;

  /** @param fieldOf Says how a row names a topic. */
  constructor(fieldOf: (topic: string) => string) {
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
    const known = this.#old.get(topic) ?? { field: this.#fieldOf(topic) };
    this.#young.set(topic, known);
    this.#characters += topic.length;
    return known;
  }
}

const MOST_TOPICS = 10_000;
const MOST_CHARACTERS = 1_000_000;

/**
 * The value that came last on each topic, of as many topics as memory is to be spent
 * on: strangers choose them. The one on which nothing has come for longest goes first.
 */
export class LastValues {
  readonly #values = new Map<string, number | string>();
  #characters = 0;

  /** Gives the last value of a topic, if it is known. */
  get(topic: string): number | string | undefined {
    return this.#values.get(topic);
  }

  /** Notes a value. */
  set(topic: string, value: number | string): void {
    this.#delete(topic);
    this.#values.set(topic, value);
    this.#characters += topic.length;
    while (
      this.#values.size > MOST_TOPICS || this.#characters > MOST_CHARACTERS
    ) {
      const [oldest] = this.#values.keys();
      this.#delete(oldest!);
    }
  }

  #delete(topic: string): void {
    if (this.#values.delete(topic)) this.#characters -= topic.length;
  }
}

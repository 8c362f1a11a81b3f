/** Items that take turns. */
export class Turns<Item> {
  readonly #items = new Set<Item>();
  #order = this.#items.values();

  /** Lets an item take part from now on. */
  add(item: Item): void {
    this.#items.add(item);
  }

  /** Lets it take part no longer. */
  delete(item: Item): void {
    this.#items.delete(item);
  }

  /** The one whose turn it is; nothing if there is none. */
  next(): Item | undefined {
    if (this.#items.size === 0) return undefined;
    const { value, done } = this.#order.next();
    if (!done) return value;
    this.#order = this.#items.values();
    return this.#order.next().value;
  }
}

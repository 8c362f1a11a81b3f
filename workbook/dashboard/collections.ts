/** The last so many items, and how many there have ever been. */
export class Ring<Item> {
  readonly #most: number;
  #items: Item[] = [];
  /** Where the oldest is, once it is full. */
  #start = 0;
  /** How many have ever been pushed. */
  pushed = 0;

  /** Keeps at most so many items, one or more. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds an item; the oldest one may have to go. */
  push(item: Item): void {
    this.pushed++;
    if (this.#items.length < this.#most) {
      this.#items.push(item);
      return;
    }
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.#most;
  }

  /**
   * Those that have been pushed after the first `seen`, the oldest first.
   *
   * @param most Takes no more than these newest ones.
   * @returns Them, and how many of those asked for are left out: not kept, or too many.
   */
  since(seen: number, most = Infinity): { items: Item[]; leftOut: number } {
    const asked = this.pushed - seen;
    const size = this.#items.length;
    const taken = Math.min(asked, size, most);
    const first = this.#start + size - taken;
    const items = Array.from(
      { length: taken },
      (_, index) => this.#items[(first + index) % size]!,
    );
    return { items, leftOut: asked - taken };
  }
}

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

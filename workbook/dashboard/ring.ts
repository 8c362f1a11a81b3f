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

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

  /** How many are kept. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item, and returns the oldest one if it has to go. */
  push(item: Item): Item | undefined {
    this.pushed++;
    if (this.#items.length < this.#most) {
      this.#items.push(item);
      return undefined;
    }
    const oldest = this.#items[this.#start];
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.#most;
    return oldest;
  }

  /** Takes the oldest out. */
  shift(): Item | undefined {
    this.#straighten();
    return this.#items.shift();
  }

  /** The newest. */
  get last(): Item | undefined {
    return this.#items.at(this.#start - 1);
  }

  /**
   * Those that have been pushed after the first `seen`, the oldest first.
   *
   * @param most Takes no more than these newest ones.
   * @returns Them, and how many of those asked for are left out: not kept, or too many.
   */
  since(seen: number, most = Infinity): { items: Item[]; leftOut: number } {
    const asked = this.pushed - seen;
    const taken = Math.min(asked, this.size, most);
    const first = this.#start + this.size - taken;
    const items = Array.from(
      { length: taken },
      (_, index) => this.#items[(first + index) % this.size]!,
    );
    return { items, leftOut: asked - taken };
  }

  #straighten(): void {
    if (this.#start === 0) return;
    const newest = this.#items.splice(0, this.#start);
    this.#items.push(...newest);
    this.#start = 0;
  }
}

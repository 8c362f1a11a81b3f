/**
 * What comes and goes often, in the order in which it came.
 *
 * A `Set` or a `Map` would cost the garbage collector more than all else that a
 * message takes: each time that its table is full of what was taken out, a new one
 * takes its place, and the old one refers to it. As soon as one of them has grown old,
 * all that follow are kept, with what was in them. A plain object with numbers for
 * keys has one table.
 */
export class Numbered<T> {
  readonly #items: Record<number, T> = {};
  #last = 0;
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Takes one, and gives the number under which it is taken out. */
  add(item: T): number {
    this.#items[++this.#last] = item;
    this.#size++;
    return this.#last;
  }

  /** Takes one out, and says whether it was there. */
  delete(number: number): boolean {
    if (!(number in this.#items)) return false;
    delete this.#items[number];
    this.#size--;
    return true;
  }

  /** All that are there now, the oldest first. */
  values(): T[] {
    return Object.values(this.#items);
  }
}

/**
 * Many of a kind.
 *
 * @module
 */

/** Makes so many of something, from their numbers, which begin with 0. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

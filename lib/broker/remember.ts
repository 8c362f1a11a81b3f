/** How many keys are remembered; the oldest go first. */
const MOST_REMEMBERED = 10_000;

/** Sets a key as the latest, and forgets the oldest where there are too many. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST_REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
}

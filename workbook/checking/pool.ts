/**
 * Works on many things, so many of them at once.
 *
 * @param items What there is to do, in order.
 * @param atOnce How many are worked on at the same time.
 * @param work Does one.
 * @throws What was thrown first, after all that had begun has ended.
 */
export async function pool<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const errors: unknown[] = [];
  const workers = Array.from({ length: atOnce }, async () => {
    while (errors.length === 0) {
      const { value, done } = waiting.next();
      if (done) return;
      await work(value).catch((error) => void errors.push(error));
    }
  });
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}

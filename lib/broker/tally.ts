/**
 * Counts what may happen very often, and tells of it the first times, and each
 * time that it has happened ten times as often: a flood mustn't flood the log.
 *
 * @param report Is told how often it has happened so far.
 * @param each How often it is told each time: once unless given.
 * @returns What to call each time.
 */
export function createTally(
  report: (count: number) => void,
  each = 1,
): () => void {
  let count = 0;
  let next = 1;
  return () => {
    count++;
    if (count < next) return;
    next = count < each ? count + 1 : next * 10;
    report(count);
  };
}

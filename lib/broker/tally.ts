/**
 * Counts what may happen very often, and tells of it the first time, and each
 * time that it has happened ten times as often: a flood mustn't flood the log.
 *
 * @param report Is told how often it has happened so far.
 * @returns What to call each time.
 */
export function createTally(report: (count: number) => void): () => void {
  let count = 0;
  let next = 1;
  return () => {
    count++;
    if (count < next) return;
    next *= 10;
    report(count);
  };
}

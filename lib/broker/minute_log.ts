/** How many keys are remembered; the oldest go first. */
const MOST_REMEMBERED = 1_000;

/**
 * Passes on lines that may come very often, one a key and minute: a flood
 * mustn't flood the log. A line that is passed on says how many were left out
 * since the last one.
 *
 * @param log Is given the lines.
 * @param now Gives the time in milliseconds.
 * @returns What to call with a key, such as an address, and a line.
 */
export function createMinuteLog(
  log: (line: string) => void,
  now: () => number = Date.now,
): (key: string, line: string) => void {
  const last = new Map<string, { at: number; leftOut: number }>();
  return (key, line) => {
    const { at, leftOut } = last.get(key) ?? { at: -Infinity, leftOut: 0 };
    if (now() - at < 60_000) {
      last.set(key, { at, leftOut: leftOut + 1 });
      return;
    }
    log(leftOut === 0 ? line : `${line} (${leftOut} more since the last line)`);
    last.delete(key);
    last.set(key, { at: now(), leftOut: 0 });
    if (last.size <= MOST_REMEMBERED) return;
    for (const oldest of last.keys()) {
      last.delete(oldest);
      break;
    }
  };
}

/** The longest that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls back at a time, also at one that is further away than timers reach.
 *
 * @param time In milliseconds since 1970; `Infinity` for never.
 */
export function setAlarm(time: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function wait(): void {
    const left = time - Date.now();
    if (left <= 0) callback();
    else timer = setTimeout(wait, Math.min(left, LONGEST));
  }
  if (time === Infinity) return () => {};
  timer = setTimeout(wait, Math.min(Math.max(time - Date.now(), 0), LONGEST));
  return () => clearTimeout(timer);
}

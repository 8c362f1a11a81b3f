/** Starts a timer, unless it is one of weeks or for ever. */
export function startTimer(
  seconds: number,
  action: () => void,
): ReturnType<typeof setTimeout> | undefined {
  // setTimeout takes 32 bits of milliseconds, and ends at once for more.
  if (seconds >= 2 ** 31 / 1000) return undefined;
  return setTimeout(action, seconds * 1000);
}

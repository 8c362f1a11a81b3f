import { effect, useEffect, useState } from "./view.ts";

/**
 * Acts when signals have changed, but not more often than every so many milliseconds:
 * what changes in between comes together.
 *
 * @param read Reads the signals.
 * @returns A function that ends it.
 */
export function throttled(
  read: () => void,
  act: () => void,
  milliseconds: number,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    read();
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, milliseconds);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/** Draws the component again when signals have changed, but not too often. */
export function useThrottled(read: () => void, milliseconds: number): void {
  const [, setCount] = useState(0);
  useEffect(
    () => throttled(read, () => setCount((count) => count + 1), milliseconds),
    [],
  );
}

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The view library: Preact, written as tagged templates, so that the page needs no
 * build step, and signals, so that only what has changed is drawn anew.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { useLayoutEffect, useState } from "preact/hooks";

export {
  batch,
  computed,
  effect,
  type Signal,
  signal,
} from "@preact/signals-core";
export { useSignal } from "@preact/signals";
export { html } from "htm/preact";
export { render, type VNode } from "preact";
export { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** How many times as long as the last act took is waited at least. */
const REST = 4;

/**
 * Acts as soon as signals have changed, but not more often than every so many
 * milliseconds: what changes in between comes together. What takes long is done less
 * often, so that most of the time is left for other things.
 *
 * @param read Reads the signals.
 * @returns A function that ends it.
 */
export function throttled(
  read: () => void,
  act: () => void,
  milliseconds: number,
): () => void {
  let hasChanged = false;
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    read();
    if (hasChanged) {
      timer ??= setTimeout(() => {
        timer = undefined;
        const start = performance.now();
        act();
        const end = performance.now();
        next = end + Math.max(milliseconds, REST * (end - start));
      }, Math.max(0, next - performance.now()));
    }
    hasChanged = true;
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/** Draws the component again when signals have changed, but not too often. */
export function useThrottled(read: () => void, milliseconds: number): void {
  const [, setCount] = useState(0);
  // Not later: something might change before.
  useLayoutEffect(
    () => throttled(read, () => setCount((count) => count + 1), milliseconds),
    [],
  );
}

import { useLayoutEffect, useRef } from "../view.ts";

/** How long it shines, in milliseconds. */
const LENGTH = 600;

/**
 * Makes an element shine for a moment whenever a count has grown, unless the user asks
 * for less motion.
 *
 * @returns The element's reference.
 */
export function useFlash(count: number) {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(count);
  const animation = useRef<Animation | undefined>(undefined);
  useLayoutEffect(() => {
    if (count > before.current && !isCalm()) {
      animation.current?.cancel();
      animation.current = element.current?.animate(
        [{ backgroundColor: "var(--flash)" }, {}],
        LENGTH,
      );
    }
    before.current = count;
  }, [count]);
  return element;
}

function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

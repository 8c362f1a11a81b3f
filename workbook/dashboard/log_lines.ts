import { Ring } from "./ring.ts";

const MOST_LINES = 500;

/** Makes a log of which the last lines are kept. */
export function createLogLines(): Ring<string> {
  return new Ring(MOST_LINES);
}

import { beginning } from "./beginning.ts";
import { Ring } from "./ring.ts";

const MOST_LINES = 500;

/** Makes a log of which the last lines are kept, and of a long one the beginning. */
export function createLogLines(): Ring<string> {
  return new LogLines(MOST_LINES);
}

class LogLines extends Ring<string> {
  override push(line: string): void {
    super.push(beginning(line));
  }
}

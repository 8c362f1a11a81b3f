/**
 * What a test is told, line by line.
 *
 * @module
 */

/** A log, and the lines that are in it. */
export interface Logged {
  readonly lines: string[];
  readonly log: (line: string) => void;
}

/** Makes a log that keeps its lines. */
export function logged(): Logged {
  const lines: string[] = [];
  return { lines, log: (line) => void lines.push(line) };
}

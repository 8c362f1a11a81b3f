/**
 * A typical wrong answer to an exercise, as data: what it breaks, and how it
 * comes out of the solution.
 *
 * @module
 */

/** A text of the solution, and what stands in its place. */
export type Edit = readonly [from: string, to: string];

/** A typical wrong answer. */
export interface Mistake {
  /** The requirement that it fails, by its short name. */
  breaks: string;
  /** What is wrong, in a sentence. */
  words: string;
  /** The program that has it, without `.ts`; the exercise's first unless given. */
  program?: string;
  /**
   * What makes it out of the solution, one after the other. Without edits it is
   * a program of its own, `mistakes/NAME.ts`.
   */
  edits?: readonly Edit[];
}

/** The typical wrong answers to an exercise, by name. */
export type Mistakes = Readonly<Record<string, Mistake>>;

/**
 * Makes a mistake out of a solution.
 *
 * @param solution The solution's text, whatever ends its lines.
 * @param edits Each replaces a text that is there exactly once.
 * @returns The text with the mistake.
 * @throws {Error} If an edit no longer applies.
 */
export function applyEdits(solution: string, edits: readonly Edit[]): string {
  let text = solution.replaceAll("\r\n", "\n");
  for (const [from, to] of edits) {
    const parts = text.split(from);
    if (parts.length !== 2) {
      throw new Error(
        `An edit no longer applies: ${JSON.stringify(from)} is there ` +
          `${parts.length - 1} times, and it must be there once`,
      );
    }
    text = parts.join(to);
  }
  return text;
}

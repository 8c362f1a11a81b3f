/**
 * A typical wrong answer to an exercise, as data: what it breaks, and how it
 * comes out of the solution.
 *
 * @module
 */
import type { Exercise } from "./requirement.ts";

const PROJECT = new URL("../../", import.meta.url);

/** A text of the solution, and what stands in its place. */
type Edit = readonly [from: string, to: string];

/** A typical wrong answer. */
interface Mistake {
  /** The requirement that it fails, by its short name. */
  breaks: string;
  /** What is wrong, in a sentence. */
  words: string;
  /** The program that has it, without `.ts`; the exercise's first unless given. */
  program?: string;
  /** What makes it out of the solution, one after the other. */
  edits?: readonly Edit[];
  /** The whole program, where it has nothing of the solution. */
  text?: string;
}

/**
 * A beginner's slip, often far from a right answer: `check` must say what it is in
 * the first lines that it prints.
 */
interface Slip extends Omit<Mistake, "breaks"> {
  /** Words that must stand in those lines. */
  says: readonly (string | RegExp)[];
}

/** Slips by name. */
export type Slips = Readonly<Record<string, Slip>>;

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

/**
 * The text of a program with a mistake.
 *
 * @param of Its mistakes, and the name of the one.
 * @returns The solution with its edits, or the program that it is.
 * @throws {Error} If an edit no longer applies; it names the mistake.
 */
export async function mistakeText(
  { name: exercise, programs }: Exercise,
  { mistakes, name }: {
    mistakes: Readonly<Record<string, Omit<Mistake, "breaks">>>;
    name: string;
  },
): Promise<string> {
  const { edits = [], text, program = programs[0] } = mistakes[name]!;
  if (text !== undefined) return text;
  const solution = new URL(`solutions/${exercise}/${program}.ts`, PROJECT);
  try {
    return applyEdits(await Deno.readTextFile(solution), edits);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`Mistake "${name}" of ${exercise}: ${message}`);
  }
}

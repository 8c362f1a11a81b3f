import { exerciseFile, readText } from "./exercises.ts";
import { changeProgress, readProgress } from "./progress.ts";
import type { Exercise } from "../checking/requirement.ts";

/** A hint, and where it stands among the others. */
interface Hint {
  /** Its number, from 1. */
  number: number;
  /** How many there are. */
  count: number;
  text: string;
}

/**
 * Gives a hint, and notes which one it was.
 *
 * @param exercise The exercise.
 * @param which The first one, the one that was given last, or the one after it.
 * @returns The hint, or nothing if there is no further one.
 */
export async function takeHint(
  exercise: Exercise,
  which: "first" | "last" | "next",
): Promise<Hint | undefined> {
  const page = await readText(exerciseFile(exercise, "work", "hints.md"));
  const texts = (page ?? "").split(/^## Hint \d+$/m).slice(1);
  const { name } = exercise;
  const last = (await readProgress()).hints[name] ?? 0;
  const number = { first: 1, last: Math.max(1, last), next: last + 1 }[which];
  const text = texts[number - 1]?.trim();
  if (text === undefined) return undefined;
  await changeProgress(({ hints }) => hints[name] = number);
  return { number, count: texts.length, text };
}

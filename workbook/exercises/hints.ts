import { exerciseFile, readText } from "./exercises.ts";
import type { Exercise } from "../checking/requirement.ts";

/** The hints of an exercise, the first one first. */
export async function readHints(exercise: Exercise): Promise<string[]> {
  const page = await readText(exerciseFile(exercise, "work", "hints.md"));
  return (page ?? "").split(/^## Hint \d+$/m).slice(1)
    .map((text) => text.trim());
}

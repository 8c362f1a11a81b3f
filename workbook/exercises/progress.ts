import { fileURLToPath } from "node:url";

/** What a student has reached, by the exercises' names. */
export interface Progress {
  /** The exercises of which all that is required has passed, when last checked. */
  solved: string[];
}

const FOLDER = new URL("../../.workbook/", import.meta.url);
const FILE = fileURLToPath(new URL("progress.json", FOLDER));

/** Reads the progress; there is none yet if the file is missing or broken. */
export async function readProgress(): Promise<Progress> {
  try {
    const data: Partial<Progress> | null = JSON.parse(
      await Deno.readTextFile(FILE),
    );
    const solved = Array.isArray(data?.solved) ? data.solved : [];
    return { solved: solved.filter((name) => typeof name === "string") };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) {
      return { solved: [] };
    }
    throw error;
  }
}

/**
 * Changes the progress. The file is replaced as a whole, or not at all.
 *
 * @throws {Error} If it can't be written.
 */
export async function changeProgress(
  change: (progress: Progress) => void,
): Promise<void> {
  const progress = await readProgress();
  change(progress);
  await Deno.mkdir(FOLDER, { recursive: true });
  const part = `${FILE}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(part, `${JSON.stringify(progress, null, 2)}\n`);
    await Deno.rename(part, FILE);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
}

/** Notes that an exercise is solved, or no longer. */
export function noteSolved(name: string, isSolved: boolean): Promise<void> {
  return changeProgress((progress) => {
    const others = progress.solved.filter((other) => other !== name);
    progress.solved = isSolved ? [...others, name].sort() : others;
  });
}

/**
 * The folders that are graded, and what is in them.
 *
 * @module
 */
import { basename, join, resolve, sep } from "node:path";
import { printable } from "../../lib/printable.ts";
import { readCommandLine } from "../_command_line.ts";
import { exerciseFile, programFiles, readText } from "../_exercises.ts";
import { UsageError } from "../_program.ts";
import type { Exercise } from "../checking/requirement.ts";
import { studentFiles } from "../checking/student_files.ts";

/** A folder that somebody has handed in. */
export interface Submission {
  /** What reports call it, different for each. */
  name: string;
  /** The folder. */
  folder: string;
}

/** What a submission has of an exercise. */
type Work =
  | { state: "started"; files: Record<string, string> }
  | { state: "not started" | "refused"; note: string };

/** Larger than any program that a person writes, in bytes. */
const MOST_BYTES = 1_000_000;

/** More files than anybody writes for one exercise. */
const MOST_FILES = 50;

/** How many folders may lie around what a student packed. */
const MOST_WRAPPERS = 3;

/**
 * Names the submissions.
 *
 * @param folders Folders that are one submission each.
 * @param parents Folders whose subfolders are one submission each.
 * @throws {UsageError} If one isn't there, or has no subfolder.
 */
export function listSubmissions(
  folders: readonly string[],
  parents: readonly string[],
): Submission[] {
  for (const folder of [...folders, ...parents]) assertFolder(folder);
  const all = [...folders, ...parents.flatMap(subfolders)]
    .map((folder) => resolve(folder));
  const unique = [...new Set(all)];
  const names = unique.map((folder) => basename(folder));
  return unique.map((folder, index) => {
    const name = names[index]!;
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    return { name: isAlone && name !== "" ? name : folder, folder };
  });
}

function assertFolder(folder: string): void {
  try {
    if (folder !== "" && Deno.statSync(folder).isDirectory) return;
  } catch {
    // Said below
  }
  throw new UsageError(
    `Folder "${printable(folder)}" can't be graded: it isn't there`,
  );
}

function subfolders(parent: string): string[] {
  const names = folderNames(parent).sort((one, other) =>
    one.localeCompare(other, "en", { numeric: true })
  );
  if (names.length > 0) return names.map((name) => join(parent, name));
  throw new UsageError(
    `Folder "${
      printable(parent)
    }" has no submissions: each must be a folder in it`,
  );
}

/** The folders in a folder, without those that are hidden. */
function folderNames(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder))
    .filter(({ name, isDirectory }) => isDirectory && !/^[._]/.test(name))
    .map(({ name }) => name);
}

/**
 * Finds the folder that has the exercises' folders: `exercises` or the
 * submission itself, or the same in the only folder that there is.
 *
 * @returns The folder, or nothing if there is none.
 */
export function findExercises(
  { folder }: Submission,
  exercises: readonly Exercise[],
): string | undefined {
  let place = folder;
  for (let depth = 0; depth <= MOST_WRAPPERS; depth++) {
    const candidates = [join(place, "exercises"), place];
    const found = candidates.find((candidate) =>
      exercises.some(({ name }) => isFolder(join(candidate, name)))
    );
    if (found !== undefined) return found;
    const [only, ...others] = folderNames(place);
    if (only === undefined || others.length > 0) return undefined;
    place = join(place, only);
  }
  return undefined;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Looks at what a submission has of an exercise in TypeScript.
 *
 * @param submission The submission.
 * @param exercises The folder with the exercises' folders.
 * @param exercise The exercise.
 */
export async function readWork(
  submission: Submission,
  exercises: string,
  exercise: Exercise,
): Promise<Work> {
  const folder = join(exercises, exercise.name);
  const names = namesIn(folder);
  if (names === undefined) {
    return { state: "refused", note: `${exercise.name} can't be read` };
  }
  const programs = programFiles(exercise).filter((file) =>
    names.includes(file)
  );
  if (programs.length === 0) return { state: "not started", note: "missing" };
  if (names.length > MOST_FILES) {
    return { state: "refused", note: `it has more than ${MOST_FILES} files` };
  }
  const files: Record<string, string> = {};
  for (const name of names) {
    const path = join(folder, name);
    const note = await refusal(submission, path);
    if (note !== undefined) return { state: "refused", note };
    files[name] = path;
  }
  for (const file of programs) {
    const stub = await readText(exerciseFile(exercise, "stub", file));
    const work = await readText(files[file]!);
    if (work?.trimEnd() !== stub?.trimEnd()) return { state: "started", files };
  }
  return { state: "not started", note: "as it was" };
}

function namesIn(folder: string): string[] | undefined {
  try {
    return studentFiles(folder);
  } catch {
    return undefined;
  }
}

/**
 * Why a file isn't taken, if so. A link would let a submission name a file that
 * only the teacher can read, and a pipe would never end.
 */
async function refusal(
  { folder }: Submission,
  path: string,
): Promise<string | undefined> {
  const name = basename(path);
  try {
    const root = await Deno.realPath(folder);
    const real = await Deno.realPath(path);
    const isInside = real.startsWith(root.endsWith(sep) ? root : root + sep);
    if (!isInside) return `${name} is a link to outside of the submission`;
    const { isFile, size } = await Deno.stat(real);
    if (!isFile) return `${name} is not a file`;
    if (size > MOST_BYTES) return `${name} has more than ${MOST_BYTES} bytes`;
    return undefined;
  } catch (error) {
    if (error instanceof Error) return `${name} can't be read`;
    throw error;
  }
}

/**
 * Looks at what a submission has of an exercise in another language.
 *
 * @param exercises The folder with the exercises' folders.
 * @param exercise The exercise.
 * @param line The command, whose files are seen from the exercise's folder.
 * @returns What to start, or nothing if none of the files is there.
 */
export function readCommandWork(
  exercises: string,
  { name, programs }: Exercise,
  line: string,
): string[] | undefined {
  const folder = resolve(exercises, name);
  const words = readCommandLine(line, programs, folder);
  // As it is written between the quotes of a shell.
  const quoted = folder.replaceAll("'", `'\\''`);
  const namesFile = words.some((word) =>
    word.includes(folder + sep) || word.includes(quoted + sep)
  );
  return namesFile ? words : undefined;
}

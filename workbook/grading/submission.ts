/**
 * The folders that are graded, and what is in them.
 *
 * @module
 */
import { basename, join, resolve, sep } from "node:path";
import { printable } from "../../lib/printable.ts";
import { readCommandLine } from "../launcher/command_line.ts";
import { programFiles } from "../exercises/exercises.ts";
import { isStub } from "../exercises/progress.ts";
import { UsageError } from "../options/program.ts";
import type { Exercise } from "../checking/requirement.ts";
import {
  type Files,
  readStudentFiles,
  RefusedError,
} from "../checking/student_files.ts";

/** A folder that somebody has handed in. */
export interface Submission {
  /** What reports call it, different for each. */
  name: string;
  /** The folder, by a path without links. */
  folder: string;
}

/** What a submission has of an exercise. */
type Work =
  | { state: "started"; files: Files }
  | { state: "not started" | "refused"; note: string };

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
  const named = new Map([
    ...folders.map((folder) =>
      [Deno.realPathSync(folder), basename(resolve(folder))] as const
    ),
    ...parents.flatMap(subfolders)
      .map((folder) => [folder, basename(folder)] as const),
  ]);
  const names = [...named.values()];
  return Array.from(named, ([folder, name]) => {
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
  if (names.length > 0) {
    const real = Deno.realPathSync(parent);
    return names.map((name) => join(real, name));
  }
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
 * @param exercises The folder with the exercises' folders.
 */
export async function readWork(
  exercises: string,
  exercise: Exercise,
): Promise<Work> {
  let files: Files;
  try {
    files = readStudentFiles(join(exercises, exercise.name));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { state: "refused", note: error.message };
  }
  const programs = programFiles(exercise)
    .filter((file) => Object.hasOwn(files, file));
  if (programs.length === 0) return { state: "not started", note: "missing" };
  for (const file of programs) {
    const text = new TextDecoder().decode(files[file]);
    if (!await isStub(exercise, file, text)) return { state: "started", files };
  }
  return { state: "not started", note: "as it was" };
}

/**
 * Looks at what a submission has of an exercise in another language.
 *
 * @param exercises The folder with the exercises' folders.
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

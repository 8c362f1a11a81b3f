/**
 * The lessons as data: a folder each, with a `lesson.json` that says what they
 * teach and how their programs run together, and programs whose headers say
 * what they need. Nothing here is loaded from JSR or npm, because the launcher
 * uses it.
 *
 * @module
 */
import { PROJECT_FOLDER } from "../options/user_folder.ts";

/** What `lesson.json` says. */
interface LessonData {
  /** What the lesson is called. */
  title: string;
  /** How hard it is. */
  difficulty: "beginner" | "intermediate" | "advanced";
  /** The documents that it reproduces, by their short names; there may be none. */
  documents: string[];
  /** Its programs, in the order in which they start. */
  programs: LessonProgram[];
  /** Users that the programs' broker must have, with their passwords. */
  users?: Record<string, string>;
}

/** A program's part in its lesson. */
export interface LessonProgram {
  /** Its file, seen from the lesson's folder. */
  file: string;
  /** Its arguments. */
  args?: string[];
  /** Whether it goes on beside the next ones, and is stopped after the last. */
  stays?: boolean;
  /** What it prints, on either output, once the next one may start. */
  ready?: string;
  /** Whether what the user types is for it. */
  input?: boolean;
  /** Whether its standard output is left out, to leave room for the others'. */
  quiet?: boolean;
  /** Seconds to watch the programs that stay, once it has ended. */
  pause?: number;
  /** The exit code that it ends with, 0 unless given. */
  exit?: number;
  /** The cluster that it runs on, in place of the lesson's broker. */
  cluster?: LessonCluster;
}

/** A cluster of three nodes, and what happens to it while a program runs. */
export interface LessonCluster {
  /** How many of the nodes' addresses the program is given. */
  addresses: 1 | 3;
  /** The nodes that are killed, one after the other; then the program is stopped. */
  kills: number[];
  /** Whether each is started again before the next one goes, or only at the end. */
  restarts: boolean;
}

/** A lesson. */
export interface Lesson extends LessonData {
  /** Its number in two digits, such as `03`. */
  number: string;
  /** Its folder. */
  folder: URL;
}

const LESSONS = new URL("../../lessons/", import.meta.url);

/** Reads all lessons, in order. */
export function listLessons(): Lesson[] {
  return Array.from(Deno.readDirSync(LESSONS))
    .filter(({ name, isDirectory }) => isDirectory && /^\d\d_/.test(name))
    .map(({ name }) => readLesson(new URL(`${name}/`, LESSONS)))
    .filter((lesson) => lesson !== undefined)
    .sort((one, other) => one.number.localeCompare(other.number));
}

/** Reads a lesson, unless the folder is one that a student has made. */
function readLesson(folder: URL): Lesson | undefined {
  const [number = ""] = folder.pathname.split("/").at(-2)!.split("_");
  try {
    const data = Deno.readTextFileSync(new URL("lesson.json", folder));
    return { ...JSON.parse(data) as LessonData, number, folder };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The names of the programs that a lesson has, without `.ts`. */
export function listPrograms(lesson: Lesson): string[] {
  return Array.from(Deno.readDirSync(lesson.folder), ({ name }) => name)
    .filter((name) => name.endsWith(".ts") && !/^_|_test\.ts$/.test(name))
    .map((name) => name.slice(0, -".ts".length))
    .sort();
}

/**
 * The flags that a program runs with: those in its header's `@run` line.
 *
 * @throws {Error} If its header has no such line.
 */
export function programFlags(file: URL): string[] {
  const [, words] =
    / \* @run deno run (.*)$/m.exec(Deno.readTextFileSync(file)) ?? [];
  if (words === undefined) {
    throw new Error(`Header of ${file.pathname} has no line with @run`);
  }
  // A header's paths are seen from the project's folder.
  return words.split(" ").filter((word) => word.startsWith("-"))
    .map((flag) =>
      flag.replaceAll(
        /(?<=[=,])(?:lessons\/|lib\b|deno\.)/g,
        (path) => `${PROJECT_FOLDER}${path}`,
      )
    );
}

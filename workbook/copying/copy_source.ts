/**
 * What a student wants to take away: a lesson, an exercise, a solution.
 *
 * @module
 */
import { posix } from "node:path";
import {
  assertComplete,
  findExercise,
  headingOf,
  listExercises,
  numberOf,
  placeOf,
  programFiles,
} from "../exercises/exercises.ts";
import type { Exercise } from "../checking/requirement.ts";
import { isStudentFile } from "../checking/student_files.ts";
import { type Lesson, listLessons, listPrograms } from "../lessons/lessons.ts";
import { UsageError } from "../options/program.ts";
import { inProject } from "../launcher/modules.ts";

/** What is taken away. Paths are seen from the project's folder. */
export interface CopySource {
  /** What it is called, such as `Lesson 02: Subscribe to topics`. */
  title: string;
  /** The programs to run. */
  programs: CopyProgram[];
  /** Files that go along, whether or not a program names them. */
  files: string[];
  /** Users that the programs' broker must have, with their passwords. */
  users?: Record<string, string> | undefined;
  /** The exercise that it is the solution of. */
  solved?: Exercise;
}

/** A program that is taken away. */
interface CopyProgram {
  path: string;
  /** What follows `deno run` in the line that runs it. */
  run: string;
}

/**
 * The line that runs a program, in its header or on an exercise's page, without
 * the variables that stand before it.
 */
const RUN = /\bdeno run (?<words>.*?)\s*$/gm;

/** What only the workbook itself needs of a lesson's folder: its page's pictures, too. */
const NOT_COPIED =
  /^\.|_test\.ts$|^lesson\.json$|^README\.md$|\.svg$|\.png(?:\.txt)?$/;

/**
 * Finds what a student names, such as `lesson:02`, `lesson:02/subscriber`,
 * `exercise:03`, `solution:03` or `empty`.
 *
 * @throws {UsageError} If there is nothing of that name.
 */
export async function findSource(text: string): Promise<CopySource> {
  if (text === "empty") {
    return {
      title: "A folder for programs with MQTT",
      programs: [],
      files: ["lib/mod.ts", "lib/csv.ts"],
    };
  }
  const [, kind = "", name = "", program] =
    /^(lesson|exercise|solution):([^/]+)(?:\/(.+?)(?:\.ts)?)?$/.exec(text) ??
      [];
  if (kind === "lesson") {
    const lesson = listLessons().find(({ number }) =>
      /^\d+$/.test(name) && Number(number) === Number(name)
    );
    if (lesson !== undefined) return lessonSource(lesson, program);
  }
  const exercises = await listExercises();
  if (kind === "exercise" || kind === "solution") {
    const exercise = findExercise(exercises, name);
    return await exerciseSource(exercise, kind, program);
  }
  const lessons = listLessons().map(({ number }) => number);
  const numbers = exercises.map(numberOf);
  const list = [
    ["lesson", lessons[0], lessons.at(-1)],
    ["exercise", numbers[0], numbers.at(-1)],
    ["solution", numbers[0], numbers.at(-1)],
  ].map(([kind, first, last]) => `${kind}:${first} to ${kind}:${last}`);
  throw new UsageError(
    `"${text}" is unknown: there are ${list.join(", ")}, each also with a ` +
      `program's name, as in lesson:02/subscriber, and empty`,
  );
}

function lessonSource(lesson: Lesson, name: string | undefined): CopySource {
  const { number, title, folder, users } = lesson;
  const place = `lessons/${folder.pathname.split("/").at(-2)}`;
  const names = listPrograms(lesson);
  const own = chosen(names, name, `Lesson ${number}`)
    .map((name) => `${place}/${name}.ts`);
  // In the order in which they run together. Some are of other lessons: what a
  // subscriber hears, somebody must publish.
  const together = name === undefined
    ? lesson.programs.map(({ file }) => posix.join(place, file))
    : [];
  return {
    title: `Lesson ${number}: ${title}`,
    programs: [...new Set([...together, ...own])].map(withHeader),
    files: name === undefined ? [...filesIn(place)] : [],
    users,
  };
}

async function exerciseSource(
  exercise: Exercise,
  kind: "exercise" | "solution",
  name: string | undefined,
): Promise<CopySource> {
  const heading = await headingOf(exercise);
  const names = chosen(exercise.programs, name, heading);
  await assertComplete(exercise, kind === "solution" ? kind : "work");
  if (kind === "solution") {
    return {
      title: `Solution of exercise ${heading.slice("Exercise ".length)}`,
      programs: names.map((name) =>
        withHeader(placeOf(exercise, `${name}.ts`, "solution"))
      ),
      files: [],
      solved: exercise,
    };
  }
  const folder = placeOf(exercise, "");
  const entries = Array.from(Deno.readDirSync(inProject(folder)))
    .filter(({ isFile }) => isFile).map(({ name }) => name);
  const pages = entries.filter((name) => name.endsWith(".md"))
    .map((name) => Deno.readTextFileSync(inProject(folder + name)));
  const programs = programFiles(exercise);
  return {
    title: heading,
    programs: names.map((name) => {
      const path = placeOf(exercise, `${name}.ts`);
      return { path, run: runLine(pages.join("\n"), path) };
    }),
    // What lies beside a program may be its module; other programs aren't.
    files: entries.filter((name) =>
      isStudentFile(name) && !programs.includes(name)
    ).map((name) => placeOf(exercise, name)),
  };
}

/** The names of all programs, or the one that was asked for. */
function chosen(
  names: readonly string[],
  name: string | undefined,
  owner: string,
): readonly string[] {
  if (name === undefined) return names;
  if (names.includes(name)) return [name];
  throw new UsageError(
    `${owner} has no program "${name}": it has ${names.join(", ")}`,
  );
}

/** A program whose header says how to run it. */
function withHeader(path: string): CopyProgram {
  return { path, run: runLine(Deno.readTextFileSync(inProject(path)), path) };
}

/** What follows `deno run` in the line that runs a program. */
function runLine(text: string, path: string): string {
  for (const { groups } of text.matchAll(RUN)) {
    const { words = "" } = groups ?? {};
    if (words.split(" ").includes(path)) return words;
  }
  throw new Error(`No line with "deno run" says how to run "${path}"`);
}

/** The files of a lesson, in its folders, too. */
function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(inProject(folder))) {
    if (NOT_COPIED.test(name)) continue;
    if (isDirectory) yield* filesIn(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** What a program is about, in its header: a title, or the first sentence. */
export function titleIn(text: string): string {
  const [, title = ""] = /^ \* (?:@title )?(.+?)[:.]?\r?$/m.exec(text) ?? [];
  const words = title.replace(/^(?:Solution of exercise|Exercise) \d+: /, "");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A program's name, by its path. */
export function nameOf(path: string): string {
  return path.replace(/^.*\/|\.ts$/g, "");
}

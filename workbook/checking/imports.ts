/**
 * Looks at what a student's program imports, before it runs.
 *
 * Deno loads static imports without a permission, so `import text from
 * "file:///home/teacher/notes.txt" with { type: "text" }` would read any file.
 * What a program imports while it runs needs a permission, which it hasn't.
 *
 * @module
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { sep } from "node:path";
import { excerpt } from "../../lib/printable.ts";
import { limited } from "./confinement.ts";
import type { Exercise } from "./requirement.ts";
import { stage } from "./stage.ts";
import { type Files, RefusedError } from "./student_files.ts";

/** What Deno tells of a module (`deno info --json`). */
interface Module {
  specifier: string;
  dependencies?: Record<"code" | "type", { specifier?: string } | undefined>[];
}

/** Longer than it takes to read a program's imports, in milliseconds. */
const DEADLINE = 20_000;

/** How many imports a report names, of those that are refused. */
const MOST_NAMES = 3;

/** Where stand-ins for packages lie, which programs import by their names. */
const STAND_INS = fileURLToPath(new URL("../npm_std", import.meta.url));

/**
 * Lets an exercise's programs through if all that they import may be read.
 *
 * @param flags Deno's flags for the project.
 * @throws {RefusedError} If they import files from elsewhere.
 */
export async function assertOwnImports(
  { name }: Exercise,
  files: Files,
  flags: readonly string[],
): Promise<void> {
  await using staged = await stage(name, files, flags);
  const modules = Object.keys(files).filter((file) => !file.endsWith(".json"));
  // Without the flags of the stage: what the toolkit imports is no question.
  const outside = await outsideImports(staged.folder, modules, flags);
  if (outside.length === 0) return;
  const root = pathToFileURL(`${staged.folder}/../..`).href;
  const names = outside.slice(0, MOST_NAMES)
    .map((url) => excerpt(url.replace(root, "../..")));
  if (outside.length > MOST_NAMES) names.push("more");
  throw new RefusedError(
    `it imports ${
      names.join(", ")
    }, which is neither its own nor the toolkit's`,
  );
}

/**
 * Finds the files that programs import from outside of their own folder, and
 * which aren't the toolkit's.
 *
 * @param stage The folder that the programs are staged in.
 * @param programs The programs' names, with `.ts`.
 * @param flags Deno's flags for the project.
 * @returns The addresses, as the program wrote them.
 * @throws {RefusedError} If it can't be found out.
 */
export async function outsideImports(
  stage: string,
  programs: readonly string[],
  flags: readonly string[],
): Promise<string[]> {
  const lib = fileURLToPath(new URL("../../lib", pathToFileURL(`${stage}/`)));
  const outside = new Set<string>();
  for (const program of programs) {
    const modules = await readModules(`${stage}/${program}`, flags);
    const waiting = [pathToFileURL(`${stage}/${program}`).href];
    const seen = new Set<string>();
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const path = pathOf(url);
      if (path === "" || isIn(path, stage)) {
        for (const { code, type } of modules.get(url)?.dependencies ?? []) {
          // A check of the types reads those, and quotes them where they don't fit.
          for (const one of [code, type]) {
            if (one?.specifier !== undefined) waiting.push(one.specifier);
          }
        }
      } else if (!isIn(path, lib) && !isIn(path, STAND_INS)) {
        outside.add(url);
      }
    }
  }
  return [...outside];
}

/** The file that an address stands for; empty if it stands for no file. */
function pathOf(url: string): string {
  if (!url.startsWith("file:")) return "";
  try {
    return fileURLToPath(url);
  } catch {
    return url; // An encoded slash: Deno would decode it, and leave the folder
  }
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

/** The modules that a program loads, by their addresses. */
async function readModules(
  file: string,
  flags: readonly string[],
): Promise<Map<string, Module>> {
  const args = ["info", ...flags, "--json", "--no-remote", "--no-npm", file];
  const [command = "", ...rest] = limited([Deno.execPath(), ...args]);
  const child = new Deno.Command(command, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
  try {
    const { success, stdout } = await child.output();
    if (!success) throw new RefusedError("its imports can't be read");
    const { modules }: { modules: Module[] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    return new Map(modules.map((module) => [module.specifier, module]));
  } finally {
    clearTimeout(timer);
  }
}

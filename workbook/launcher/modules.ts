/**
 * The project's modules, and which of them uses which. Read from their texts,
 * which takes a tenth of a second.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const PROJECT = new URL("../../", import.meta.url);

/** Folders that commands make in the project's. */
const MADE = ["certificates", "dist", "node_modules"];

/** Statements that name a module of this project. */
const IMPORT =
  /^(?:import|export)\b(?<names>[^;"'(=]*?)\bfrom "(?<module>\.[^"]*)"|^import "(?<alone>\.[^"]*)"|\bimport\("(?<dynamic>\.[^"]*)"/gm;

/** A module, and what it uses. */
interface Module {
  text: string;
  /** The words in its import statements, by the path of the module that they name. */
  imports: Map<string, string[]>;
}

/** The modules of the project, by their paths, such as `lib/mod.ts`. */
export function readModules(): Map<string, Module> {
  return new Map(Array.from(modulesIn(""), (path) => {
    const text = Deno.readTextFileSync(inProject(path));
    return [path, { text, imports: importsOf(path, text) }];
  }));
}

/** Tests of what takes its time: to wait, to hash passwords, to write to a disk. */
const SLOW = /^lib\/(?:faults|broker\/(?:access|conformance|store))\//;

/**
 * The test files that need no other program, and no seconds: neither they nor what
 * they use starts one.
 */
export function quickTests(): string[] {
  const modules = readModules();
  const needsProgram = (path: string) =>
    /\bDeno\.Command\b|\bnew Worker\b/.test(modules.get(path)?.text ?? "");
  return [...modules.keys()].filter((path) =>
    path.endsWith("_test.ts") && !path.endsWith("/check_test.ts") &&
    !SLOW.test(path) &&
    ![path, ...reachedFrom(path, modules)].some(needsProgram)
  ).sort();
}

/** What a module uses, and what that uses, and so on. */
export function reachedFrom(
  path: string,
  modules: ReadonlyMap<string, Module>,
): Set<string> {
  const reached = new Set<string>();
  const visit = (from: string) => {
    for (const next of modules.get(from)?.imports.keys() ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(path);
  return reached;
}

function* modulesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(inProject(folder))) {
    const path = `${folder}${name}`;
    if (name.startsWith(".") || MADE.includes(path)) continue;
    if (isDirectory) yield* modulesIn(`${path}/`);
    else if (name.endsWith(".ts")) yield path;
  }
}

function importsOf(path: string, text: string): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  for (const { groups = {} } of text.matchAll(IMPORT)) {
    const { names, module = groups.alone ?? groups.dynamic! } = groups;
    const { pathname } = new URL(module, new URL(path, PROJECT));
    const imported = pathname.slice(PROJECT.pathname.length);
    // Who imports a module as a whole may use all of it.
    const words = names?.match(/\*|\w+/g) ?? ["*"];
    imports.set(imported, [...imports.get(imported) ?? [], ...words]);
  }
  return imports;
}

/** The path of a file that is seen from the project's folder. */
export function inProject(path: string): string {
  return fileURLToPath(new URL(path, PROJECT));
}

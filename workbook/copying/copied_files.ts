/**
 * The files of a folder that runs without the workbook: programs, and the modules of
 * the toolkit that they reach, each at its new place and with its imports led there.
 *
 * @module
 */
import { posix } from "node:path";
import config from "../../deno.json" with { type: "json" };
import importMap from "../npm_std/import_map.json" with { type: "json" };
import { inProject, reachedFrom, readModules } from "../launcher/modules.ts";

/** What is copied. */
export interface CopiedFiles {
  /** The texts, by the paths that they get in the new folder. */
  texts: Map<string, string>;
  /** What `deno.json` must say of each package that they name. */
  imports: Record<string, string>;
}

/** Where the program that runs a broker is. */
export const BROKER = "workbook/copying/broker.ts";

/** What a program names beside itself or above: a module, a page, a thread's program. */
const RELATIVE = /(["'])(?<path>\.{1,2}\/[^"'\n]*)\1/g;

/** What a program, or the line that runs it, names from the project's folder. */
const FROM_PROJECT =
  /\b(?:lessons|exercises|solutions)\/\d\d_\w+(?:\/(?<file>[\w./-]*\w))?/g;

/** What a stub says of the workbook: its own page, and a task that isn't taken along. */
const PAGE_AND_CHECK =
  / \*\r?\n \* README\.md is the task\. Check it: deno task check \d+\r?\n/;

const STAND_INS = "workbook/npm_std/";
const MAP_FLAG = ` --import-map=${STAND_INS}import_map.json`;

/**
 * Collects files, and all that they use of this project.
 *
 * @param paths The files, seen from the project's folder.
 * @throws {Error} If two would get the same place, or one uses what lies elsewhere.
 */
export function collectFiles(paths: Iterable<string>): CopiedFiles {
  const modules = readModules();
  const sources = new Map<string, string>();
  const imports: Record<string, string> = {};
  const add = (path: string) => {
    if (sources.has(path)) return;
    const text = Deno.readTextFileSync(inProject(path));
    sources.set(path, text);
    for (const [name, address] of packagesIn(path, text)) {
      const standIn = address.startsWith("./")
        ? posix.join(STAND_INS, address)
        : undefined;
      imports[name] = standIn ? `./${placeOf(standIn)}` : address;
      if (standIn !== undefined) add(standIn);
    }
    const used = isProgram(path)
      ? filesNamedIn(path, text)
      : reachedFrom(path, modules);
    for (const next of used) add(next);
  };
  for (const path of paths) add(path);

  const texts = new Map<string, string>();
  for (const [path, text] of sources) {
    const place = placeOf(path);
    if (texts.has(place)) throw new Error(`Two files are named "${place}"`);
    texts.set(place, isProgram(path) ? adapt(path, sources) : text);
  }
  return { texts, imports };
}

/** Makes a text fit that names places in the project. */
export function withoutFolders(text: string): string {
  return text.replaceAll(MAP_FLAG, "").replaceAll(
    FROM_PROJECT,
    (_whole, file: string | undefined) => file ?? ".",
  );
}

/** Where a file goes: programs to the top, what they share into `lib`. */
function placeOf(path: string): string {
  if (path === BROKER) return "broker.ts";
  if (path.startsWith("lib/")) return path;
  if (path.startsWith(STAND_INS)) {
    return `lib/npm_std/${path.slice(STAND_INS.length)}`;
  }
  const [, place] = /^(?:lessons|exercises|solutions)\/\w+\/(.+)$/.exec(path) ??
    [];
  if (place !== undefined) return place;
  throw new Error(`"${path}" can't be copied: only lib and programs can`);
}

/** Whether a file is one that a student reads and edits. */
function isProgram(path: string): boolean {
  return path === BROKER || /^(?:lessons|exercises|solutions)\//.test(path);
}

/** The packages that a text names, and their addresses. */
function packagesIn(path: string, text: string): [string, string][] {
  // What an example in the toolkit's docs imports, the toolkit needn't have. What a
  // program has in a comment, its author may want tomorrow.
  const code = isProgram(path)
    ? text
    : text.replaceAll(/^\s*(?:\/\*)?\*.*$/gm, "");
  return [...Object.entries(importMap.imports), ...partsOfStd(code)].filter((
    [name],
  ) => code.includes(`"${name}"`) || code.includes(`'${name}'`));
}

/** Parts of `@std`, such as `@std/csv/parse`, that nothing stands in for. */
function partsOfStd(code: string): [string, string][] {
  return Object.entries(config.imports).flatMap(([name, address]) =>
    Array.from(
      code.matchAll(new RegExp(`["']${name}(/[\\w/-]+)["']`, "g")),
      ([, part]): [string, string] => [`${name}${part}`, `${address}${part}`],
    ).filter(([part]) => !(part in importMap.imports))
  );
}

/** The files that a program names. */
function* filesNamedIn(path: string, text: string): Generator<string> {
  // A header says how to run the program; other comments may name anything.
  const code = text.replaceAll(/^\s*\/\/.*$/gm, "");
  for (const { groups } of code.matchAll(RELATIVE)) {
    const named = posix.join(posix.dirname(path), groups!.path!);
    if (isFile(named)) yield named;
  }
  for (const [named] of code.matchAll(FROM_PROJECT)) {
    // In work that began as a copy of another program, its header means itself.
    if (isFile(named) && placeOf(named) !== placeOf(path)) yield named;
  }
}

function isFile(path: string): boolean {
  try {
    return !path.startsWith("..") && Deno.statSync(inProject(path)).isFile;
  } catch {
    return false;
  }
}

/** Leads a program to the new places of what it names. */
function adapt(path: string, sources: ReadonlyMap<string, string>): string {
  const from = posix.dirname(placeOf(path));
  const text = sources.get(path)!;
  const led = text.replaceAll(RELATIVE, (whole, quote: string, to: string) => {
    const named = posix.join(posix.dirname(path), to);
    const isTop = named === "./";
    if (!isTop && !sources.has(named)) return whole;
    const relative = posix.relative(from, isTop ? "." : placeOf(named));
    const address = relative.startsWith(".") ? relative : `./${relative}`;
    return `${quote}${address}${quote}`;
  });
  return withoutFolders(led.replace(PAGE_AND_CHECK, ""));
}

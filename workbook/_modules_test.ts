import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
/** Programs, each of which stands on its own. */
const PROGRAMS = /^(?:checks|exercises|lessons|solutions)\//;
/** Modules that an import map names, or that are yet to be looked through. */
const FACES = /^(?:workbook\/npm_std|lib\/broker)\//;

/** A function or a constant of a module, with its name and its text. */
const DECLARATION =
  /^(?:export )?(?:(?:async )?function\*? (?<function>\w+)(?<body>[^]*?^\})|const (?<constant>\w+)(?<value>[^]*?;)$)/gm;
/** Shorter ones may be alike by chance. */
const SHORTEST = 40;

const EXPORT =
  /^export (?:abstract )?(?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm;
const IMPORT =
  /(?:^(?:import|export) (?:type )?(?<what>\*|\{[^}]*\})[^;"]*from |\bimport\()"(?<from>\.[^"]*)"/gm;

/** The modules of the project, each with its text. */
const MODULES = new Map(
  Array.from(modulesIn(""), (path) => [
    path,
    Deno.readTextFileSync(fileURLToPath(new URL(path, ROOT))),
  ]),
);

function* modulesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (/^\.|^node_modules$/.test(name)) continue;
    if (isDirectory) yield* modulesIn(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield `${folder}${name}`;
  }
}

/** The path of a module that another imports. */
function resolve(specifier: string, importer: string): string {
  const { pathname } = new URL(specifier, new URL(importer, ROOT));
  return pathname.slice(ROOT.pathname.length);
}

Deno.test("no two modules have the same function or constant", () => {
  const places = new Map<string, string[]>();
  for (const [path, text] of MODULES) {
    if (PROGRAMS.test(path) || path.endsWith("_test.ts")) continue;
    for (const { groups } of text.matchAll(DECLARATION)) {
      const declared = (groups!.body ?? groups!.value!).replaceAll(/\s+/g, " ");
      if (declared.length < SHORTEST) continue;
      const name = groups!.function ?? groups!.constant;
      const place = `${name} in ${path}`;
      places.set(declared, [...places.get(declared) ?? [], place]);
    }
  }
  const twice = [...places.values()].filter((places) => places.length > 1);
  assertEquals(twice, []);
});

Deno.test("no module exports what no other imports", () => {
  const imported = new Set<string>();
  for (const [path, text] of MODULES) {
    for (const { groups } of text.matchAll(IMPORT)) {
      const module = resolve(groups!.from!, path);
      const names = groups!.what?.match(/\*|\w+/g) ?? ["*"];
      for (const name of names) imported.add(`${name} of ${module}`);
    }
  }
  const unused = [...MODULES].filter(([path]) =>
    !PROGRAMS.test(path) && !FACES.test(path) && !imported.has(`* of ${path}`)
  ).flatMap(([path, text]) =>
    Array.from(text.matchAll(EXPORT), ([, name]) => `${name} of ${path}`)
  ).filter((name) => !imported.has(name));
  assertEquals(unused, []);
});

Deno.test("no modules of the toolkit import each other in a circle", () => {
  const imports = new Map<string, string[]>();
  for (const [path, text] of MODULES) {
    if (!path.startsWith("lib/")) continue;
    const found = Array.from(text.matchAll(IMPORT));
    imports.set(path, found.map(({ groups }) => resolve(groups!.from!, path)));
  }
  // What imports nothing that is left is no part of a circle.
  for (let size = 0; size !== imports.size;) {
    size = imports.size;
    for (const [path, modules] of imports) {
      if (!modules.some((module) => imports.has(module))) imports.delete(path);
    }
  }
  assertEquals([...imports.keys()], []);
});

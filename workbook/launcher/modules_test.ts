import { assertEquals } from "@std/assert";
import { quickTests, reachedFrom, readModules } from "./modules.ts";

const MODULES = readModules();

/** Programs, each of which stands on its own. */
const PROGRAM = /^(?:checks\/\w+\/stub|exercises|lessons|solutions)\//;
/** Modules that an import map names. */
const STAND_IN = /^workbook\/npm_std\//;
/** What only tests use. */
const TEST =
  /_(?:test|fixture)\.ts$|\/_contract_|(?:^|\/)(?:testing|bench)\/|\/commands\/test_/;
/** The faces of the toolkit, for programs. */
const FACES = ["lib/mod.ts", "lib/csv.ts"];
const BROKER = /^lib\/broker[/.]/;

/** A function or a constant of a module, with its name and its text. */
const DECLARATION =
  /^(?:export )?(?:(?:async )?function\*? (?<function>\w+)(?<body>[^]*?^\})|const (?<constant>\w+)(?<value>[^]*?;)$)/gm;
/** Shorter ones may be alike by chance. */
const SHORTEST = 40;

const EXPORT =
  /^export (?:abstract )?(?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm;

Deno.test("no module imports itself in the end", () => {
  const circles = [...MODULES.keys()]
    .filter((path) => reachedFrom(path, MODULES).has(path));
  assertEquals(circles, []);
});

Deno.test("modules import what lies below them only", () => {
  const isForbidden = (from: string, to: string) => {
    if (TEST.test(from)) return false;
    if (from.startsWith("lib/")) return !to.startsWith("lib/") || TEST.test(to);
    if (PROGRAM.test(from)) {
      return to.startsWith("workbook/") || TEST.test(to) ||
        to.startsWith("lib/") && !FACES.includes(to);
    }
    return TEST.test(to);
  };
  const wrong = [...MODULES].flatMap(([from, { imports }]) =>
    [...imports.keys()].filter((to) => isForbidden(from, to))
      .map((to) => `${from} imports ${to}`)
  );
  assertEquals(wrong, []);
});

Deno.test("the commands that are typed most don't load the broker", () => {
  for (const name of ["pub", "record", "sensors", "sub"]) {
    const reached = reachedFrom(`workbook/commands/${name}.ts`, MODULES);
    assertEquals([...reached].filter((path) => BROKER.test(path)), [], name);
  }
});

Deno.test("no two modules have the same function or constant", () => {
  const places = new Map<string, string[]>();
  for (const [path, { text }] of MODULES) {
    if (PROGRAM.test(path) || path.endsWith("_test.ts")) continue;
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
  for (const { imports } of MODULES.values()) {
    for (const [module, names] of imports) {
      for (const name of names) imported.add(`${name} of ${module}`);
    }
  }
  const unused = [...MODULES].filter(([path]) =>
    !PROGRAM.test(path) && !STAND_IN.test(path) && !FACES.includes(path) &&
    !imported.has(`* of ${path}`)
  ).flatMap(([path, { text }]) =>
    Array.from(text.matchAll(EXPORT), ([, name]) => `${name} of ${path}`)
  ).filter((name) => !imported.has(name));
  assertEquals(unused, []);
});

Deno.test("quickTests() leaves out what starts a program", () => {
  const tests = quickTests();
  const has = (path: string) => tests.includes(path);
  assertEquals(has("lib/message_test.ts"), true);
  assertEquals(has("lib/broker_test.ts"), true);
  assertEquals(has("lib/faults/burst_test.ts"), false);
  assertEquals(has("workbook/commands/pub_test.ts"), false);
  assertEquals(has("exercises/01_presence/check_test.ts"), false);
});

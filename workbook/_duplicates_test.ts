import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

/** A function or a constant of a module, with its name and its text. */
const DECLARATION =
  /^(?:export )?(?:(?:async )?function\*? (?<function>\w+)(?<body>[^]*?^\})|const (?<constant>\w+)(?<value>[^]*?;)$)/gm;

/** Shorter ones may be alike by chance. */
const SHORTEST = 40;

/** The modules below a folder that aren't tests. */
function* modulesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* modulesIn(`${folder}${name}/`);
    else if (/(?<!_test)\.ts$/.test(name)) yield `${folder}${name}`;
  }
}

Deno.test("no two modules have the same function or constant", () => {
  const places = new Map<string, string[]>();
  for (
    const module of ["lib/", "workbook/", "bench/"].flatMap((folder) => [
      ...modulesIn(folder),
    ])
  ) {
    const text = Deno.readTextFileSync(fileURLToPath(new URL(module, ROOT)));
    for (const { groups } of text.matchAll(DECLARATION)) {
      const declared = (groups!.body ?? groups!.value!).replaceAll(/\s+/g, " ");
      if (declared.length < SHORTEST) continue;
      const name = groups!.function ?? groups!.constant;
      const place = `${name} in ${module}`;
      places.set(declared, [...places.get(declared) ?? [], place]);
    }
  }
  const twice = [...places.values()].filter((places) => places.length > 1);
  assertEquals(twice, []);
});

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import changes from "../../CHANGELOG.md" with { type: "text" };
import { reachedFrom, readModules } from "./modules.ts";

const modules = readModules();

Deno.test("deno.json has the version of CHANGELOG.md's first entry", () => {
  const [, first] = /^## (\S+)/m.exec(changes) ?? [];
  assertEquals(config.version, first);
});

Deno.test("deno.json publishes what its exports reach, and nothing else", () => {
  const faces = Object.values(config.exports).map((face) => face.slice(2));
  const reached = faces.flatMap((face) => [
    face,
    ...reachedFrom(face, modules),
  ]);
  const { include, exclude } = config.publish;
  assertEquals(exclude, ["**/*_test.ts"]);
  const published = [...modules.keys()].filter((path) =>
    include.some((each) => path.startsWith(`${each}/`)) &&
    !path.endsWith("_test.ts")
  );
  assertEquals(published.sort(), [...new Set(reached)].sort());
  for (const name of include) {
    assert(Deno.statSync(new URL(`../../${name}`, import.meta.url)), name);
  }
});

Deno.test("importLate() names each package as deno.json does", () => {
  const imports: Record<string, string> = config.imports;
  const calls = [...modules].flatMap(([path, { text }]) =>
    path.startsWith("lib/")
      ? [...text.matchAll(/\bimportLate<[^]+?>\("(.+)", "(.+)"\)/g)]
      : []
  );
  assertEquals(calls.length, 2);
  for (const [, name, specifier] of calls) {
    assertEquals(specifier, imports[name!]);
  }
});

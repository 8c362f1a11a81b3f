import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import changes from "../../CHANGELOG.md" with { type: "text" };
import config from "../../deno.json" with { type: "json" };
import { startProcess } from "../../testing/processes.ts";
import { reachedFrom, readModules } from "./modules.ts";

const PROJECT = new URL("../../", import.meta.url);
const PAGES = ["CHANGELOG.md", "LICENSE", "SECURITY.md", "lib/README.md"];
const modules = readModules();

Deno.test("deno.json has the version of CHANGELOG.md's first entry", () => {
  const [, first] = /^## (\S+)/m.exec(changes) ?? [];
  assertEquals(config.version, first);
});

Deno.test("deno publish takes what the faces reach, and four pages", async () => {
  const faces = Object.values(config.exports).map((face) => face.slice(2));
  const reached = faces.flatMap((face) => [...reachedFrom(face, modules)]);
  // It asks no registry: the toolkit has packages from npm only.
  await using publish = startProcess(
    Deno.execPath(),
    ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    { JSR_URL: "http://127.0.0.1:1/", NO_COLOR: "1" },
    fileURLToPath(PROJECT),
  );
  const { code, stderr } = await publish.end();
  assertEquals(code, 0, stderr);
  const files = stderr.matchAll(/^ +(file:\S+) \([\d.]+\w+\)$/gm);
  assertEquals(
    Array.from(files, ([, url]) => url!.slice(PROJECT.href.length)).sort(),
    [...new Set([...faces, ...reached, ...PAGES, "deno.json"])].sort(),
  );
});

Deno.test("importLate() names each package as deno.json does", () => {
  const imports: Record<string, string> = config.imports;
  const calls = [...modules].flatMap(([path, { text }]) =>
    path.startsWith("lib/") && !path.endsWith("_test.ts")
      ? [...text.matchAll(/\bimportLate<[^]+?>\("(.+)", "(.+)"\)/g)]
      : []
  );
  assertEquals(calls.length, 2);
  for (const [, name, specifier] of calls) {
    assertEquals(specifier, imports[name!]);
  }
});

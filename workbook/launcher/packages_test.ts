/**
 * That deno.json, deno.lock and the import map agree, stay as they are, and what is
 * published.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import changes from "../../CHANGELOG.md" with { type: "text" };
import config from "../../deno.json" with { type: "json" };
import importMap from "../npm_std/import_map.json" with { type: "json" };
import { startProcess } from "../../testing/processes.ts";
import {
  copyProject,
  type Project,
  type RunOptions,
} from "../../testing/project/project.ts";
import { startRegistry } from "../../testing/project/registry.ts";
import { reachedFrom, readModules } from "./modules.ts";

const PROJECT = new URL("../../", import.meta.url);
const STAND_INS = "--import-map=workbook/npm_std/import_map.json";
const PAGES = ["CHANGELOG.md", "LICENSE", "SECURITY.md", "lib/README.md"];
const PACKAGES = { ...config.imports, ...config.scopes["file:///"] };

const modules = readModules();

Deno.test("deno.lock has every npm package, and nothing from JSR", async () => {
  const lock = JSON.parse(
    await Deno.readTextFile(new URL("deno.lock", PROJECT)),
  );
  assert(!("jsr" in lock));
  const names = Object.keys(lock.specifiers);
  assertEquals(names.filter((name) => !name.startsWith("npm:")), []);

  // With all modules of the project in view, nothing may be left to add. Whether
  // their types are right is no matter of packages, and takes twice as long.
  const args = ["check", "--quiet", "--lock=deno.lock", STAND_INS];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--frozen", "--no-check"],
    cwd: fileURLToPath(PROJECT),
    env: { NO_COLOR: "1" },
  }).output();
  assert(
    success,
    `Run "deno ${args.join(" ")}" if the lock file is out of date: ${
      new TextDecoder().decode(stderr)
    }`,
  );
});

Deno.test("deno.lock and all else stay as they are, whatever runs", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("serve");
  const program = 'import * as csv from "@std/csv";\nconsole.log(csv);\n';
  await project.write("workbook/commands/hint.ts", program);
  await project.write("plain.ts", program);
  await project.write("plain_test.ts", `${program}Deno.test("x", () => {});`);
  const before = await project.files();

  const real = { jsrUrl: registry.url };
  const plainly = ["run", "check", "test"];
  for (const subcommand of plainly) {
    const file = subcommand === "test" ? "plain_test.ts" : "plain.ts";
    await runWell(project, [subcommand, STAND_INS, file], {});
    await runWell(project, [subcommand, file], real);
  }
  const test = ["task", "test", "plain_test.ts"];
  const hint = ["task", "hint"];
  const standIns = { variables: { WORKBOOK_STD: "npm" } };
  for (const options of [real, standIns, {}]) {
    await runWell(project, test, options);
    await runWell(project, hint, options);
  }

  const after = await project.files();
  const memory = `${project.folder}/.workbook/jsr_unreachable.json`;
  assert(after.delete(memory), "The last runs found JSR out of reach");
  assertEquals([...after.keys()].sort(), [...before.keys()].sort());
  assertEquals(after, before);
});

Deno.test(".gitignore names what the workbook writes beside its own files", async () => {
  const file = new URL(".gitignore", PROJECT);
  const lines = (await Deno.readTextFile(file)).split(/\r?\n/);
  assert(lines.includes("/.workbook/"));
  assert(lines.includes("sensorvalues.csv"));
});

async function runWell(
  project: Project,
  args: string[],
  options: RunOptions,
): Promise<void> {
  const { code, errors } = await project.run(args, options);
  assertEquals(code, 0, `deno ${args.join(" ")}: ${errors}`);
}

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
  const imports: Record<string, string> = config.scopes["file:///"];
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

/** All imports but those of `@std`. */
function others(imports: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([name]) => !name.startsWith("@std/")),
  );
}

Deno.test("import_map.json agrees with deno.json in all but @std", () => {
  assertEquals(others(importMap.imports), others(PACKAGES));
});

Deno.test("import_map.json stands in for nothing that deno.json doesn't name", () => {
  const packages = Object.keys(PACKAGES);
  for (const name of Object.keys(importMap.imports)) {
    const isNamed = packages.some((each) =>
      name === each || name.startsWith(`${each}/`)
    );
    assertEquals(isNamed, true, name);
  }
});

Deno.test("deno.json pins every package exactly", () => {
  for (const [name, specifier] of Object.entries(PACKAGES)) {
    const version = /^(?:npm|jsr):(?:@[^/]+\/)?[^/@]+@([^/]+)/.exec(specifier);
    assertEquals(/^\d+\.\d+\.\d+$/.test(version?.[1] ?? ""), true, name);
  }
});

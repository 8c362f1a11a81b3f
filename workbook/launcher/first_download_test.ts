/**
 * What Deno downloads when something runs for the first time: what that needs,
 * at the versions of deno.lock, and nothing besides.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import importMap from "../npm_std/import_map.json" with { type: "json" };
import { copyExercises } from "../../testing/project/exercises.ts";
import { npmCache } from "../../testing/project/project.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { reachedFrom, readModules } from "./modules.ts";

const LOCK_FILE = new URL("../../deno.lock", import.meta.url);

const LOCK: { npm: Record<string, { dependencies?: string[] }> } = JSON.parse(
  Deno.readTextFileSync(LOCK_FILE),
);

/** What a module imports that is neither of this project, nor a type. */
const PACKAGE =
  /^(?:import|export)\b(?! type\b)(?:[^;"'(=]*?\bfrom)? "(?!\.|node:|@std\/)([^"]*)"/gm;

/** Programs, but for tests and a lesson's own helpers. */
const PROGRAM = /^(?:workbook\/commands|lessons\/\w+)\/(?!_)\w+(?<!_test)\.ts$/;

/** A package with all that it depends on, as `name@version`. */
function withDependencies(specifier: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    // Where there is one version only, the lock file leaves it out; after it may
    // stand the version of what must be there besides.
    const id = Object.keys(LOCK.npm).find((id) =>
      id === name || nameOf(id) === name || id.startsWith(`${name}_`)
    )!;
    if (found.has(id)) return;
    found.add(id);
    LOCK.npm[id]!.dependencies?.forEach(visit);
  };
  visit(/^npm:((?:@[^/]+\/)?[^/]+)/.exec(specifier)![1]!);
  return found;
}

/** `@types/ws` of `npm:@types/ws@8.18.2`, and of `@types/ws@8.18.2`. */
function nameOf(specifier: string): string {
  return specifier.replace(/^npm:/, "").replace(/(?<=.)@.*$/, "");
}

Deno.test("deno task itself downloads nothing", () => {
  // It downloads the npm packages that it finds under "imports", whatever runs,
  // and compares them with no lock file.
  const downloaded = Object.values(config.imports)
    .filter((specifier) => !specifier.startsWith("jsr:"));
  assertEquals(downloaded, []);
  assertEquals(config.unstable, ["npm-lazy-caching"]);
});

Deno.test("no program needs more than MQTT.js, but those that say why", () => {
  const modules = readModules();
  const common = new Set(
    [...withDependencies(importMap.imports.mqtt)].map(nameOf),
  );
  const isCommon = (name: string) =>
    common.has(name) || name.startsWith("mqtt/");
  const more: Record<string, string[]> = {};
  for (const path of modules.keys()) {
    if (!PROGRAM.test(path)) continue;
    const texts = [path, ...reachedFrom(path, modules)]
      .map((each) => modules.get(each)?.text ?? "");
    const names = texts.flatMap((text) =>
      Array.from(
        text.matchAll(PACKAGE),
        ([, name]) => nameOf(`${name}`) || name!,
      )
    );
    const own = new Set(names.filter((name) => !isCommon(name)));
    if (own.size > 0) more[path] = [...own].sort();
  }
  const x509 = ["@peculiar/x509", "reflect-metadata"];
  assertEquals(more, {
    // It makes one file of a program, and is loaded for --single only.
    "workbook/commands/copy.ts": ["@rollup/browser"],
    // Certificates are made by this library, which has a library for each format.
    "workbook/commands/broker_certificate.ts": [
      "@peculiar/asn1-schema",
      "@peculiar/asn1-x509",
      ...x509,
    ],
    "lessons/16_connection_options/authority.ts": x509,
    "lessons/16_connection_options/certificate.ts": x509,
    // D-Bus is what the lesson is about.
    "lessons/15_gate_dbus/bridge.ts": ["dbus-native"],
    "lessons/15_gate_dbus/call_open.ts": ["dbus-native"],
    "lessons/15_gate_dbus/gate_dbus.ts": ["dbus-native"],
  });
});

Deno.test("deno task start needs MQTT.js and the stand-ins' packages only", async () => {
  await using project = await copyExercises();
  await using cache = await temporaryFolder();
  const needed = Object.values(importMap.imports)
    .filter((specifier) => specifier.startsWith("npm:"))
    .flatMap((specifier) => [...withDependencies(specifier)]);
  await copyPackages(needed, `${cache.path}/npm`);
  const nowhere = "http://127.0.0.1:1/";
  const { code, errors } = await project.run(["task", "start", "--help"], {
    variables: {
      DENO_DIR: cache.path,
      WORKBOOK_STD: "npm",
      ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: "" },
    },
  });
  assertEquals(code, 0, errors);
});

Deno.test("a program that runs without a lock file gets the same versions", async () => {
  // The date in deno.json says so: raise it whenever deno.lock changes.
  await using folder = await temporaryFolder();
  const file = `${folder.path}/deno.lock`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", `--lock=${file}`, "lib/mod.ts"],
    cwd: fileURLToPath(new URL(".", LOCK_FILE)),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { npm } = JSON.parse(await Deno.readTextFile(file));
  assert(importMap.imports.mqtt.replace("npm:", "") in npm);
  assertEquals(Object.keys(npm).filter((id) => !(id in LOCK.npm)), []);
});

/** Copies packages of this machine's cache, from whichever registry they came. */
async function copyPackages(ids: string[], cache: string): Promise<void> {
  const own = await npmCache();
  for (const { name: registry } of Deno.readDirSync(own)) {
    for (const id of ids) {
      const name = nameOf(id);
      for (const part of [id.slice(name.length + 1), "registry.json"]) {
        const path = `${registry}/${name}/${part}`;
        if (!existsSync(`${own}/${path}`)) continue;
        await cp(`${own}/${path}`, `${cache}/${path}`, { recursive: true });
      }
    }
  }
}

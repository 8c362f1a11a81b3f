/**
 * A folder in which any student's program finds the toolkit where it expects it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };
import standIns from "../npm_std/import_map.json" with { type: "json" };
import type { Files } from "./student_files.ts";

const LIB = new URL("../../lib/", import.meta.url).href;

/** A staged exercise. Disposing of it removes the folder. */
export interface Stage extends AsyncDisposable {
  /** The folder with the programs, named like the exercise. */
  folder: string;
  /** Flags with which Deno finds the toolkit from there. */
  flags: string[];
}

/**
 * Writes programs to where an exercise's programs lie, with `lib` two folders
 * above, so that a stub, a mistake and a submission from anywhere run as if they
 * lay in `exercises/`. An import map leads from there to the toolkit where it is,
 * since Deno compiles each module anew that lies at a new place.
 *
 * @param name The exercise's name, such as `03_chat`; empty for several, whose
 * names stand before those of their files: `03_chat/main.ts`.
 * @param files What to write.
 * @param flags Deno's flags for the project.
 */
export async function stage(
  name: string,
  files: Files,
  flags: readonly string[],
): Promise<Stage> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "exercise_" }),
  );
  const folder = join(root, "exercises", name);
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, file);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
  const isMap = (flag: string) => flag.startsWith("--import-map=");
  const map = join(root, "import_map.json");
  await Deno.writeTextFile(
    map,
    JSON.stringify(importMap(root, flags.some(isMap))),
  );
  return {
    folder,
    flags: [...flags.filter((flag) => !isMap(flag)), `--import-map=${map}`],
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** What the project's programs import, and the toolkit from a folder elsewhere. */
function importMap(root: string, hasStandIns: boolean) {
  const given: Record<string, string> = hasStandIns
    ? standIns.imports
    : config.imports;
  const imports: Record<string, string> = {
    [`${pathToFileURL(root).href}/lib/`]: LIB,
  };
  for (const [name, address] of Object.entries(given)) {
    const base = new URL("../npm_std/", import.meta.url);
    imports[name] = new URL(address, base).href;
    // What Deno adds to deno.json, but to no import map: the package's parts.
    const [, jsrPackage] = /^jsr:(.*)/.exec(address) ?? [];
    if (jsrPackage) imports[`${name}/`] = `jsr:/${jsrPackage}/`;
  }
  return { imports, scopes: hasStandIns ? {} : config.scopes };
}

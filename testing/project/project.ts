/**
 * A copy of this project in a temporary folder, to run its tasks in.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";

/** A copy of the project. */
export interface Project extends AsyncDisposable {
  /** Where it is. */
  readonly folder: string;
  /** Writes a file, with a path from the project's folder. */
  write: (path: string, text: string) => Promise<void>;
  /** Starts Deno in it, with a cache of its own that has nothing from JSR. */
  start: (args: string[], options?: RunOptions) => Process;
  /** Runs Deno in it to its end, which must come within 60 s. */
  run: (args: string[], options?: RunOptions) => Promise<Result>;
  /** All its files and their contents. */
  files: () => Promise<Map<string, string>>;
}

/** How Deno is run. */
export interface RunOptions {
  /** The registry. Port 1 of this machine, which refuses, by default. */
  jsrUrl?: string;
  /** More variables. */
  variables?: Record<string, string>;
}

/** What a run brought. */
export interface Result {
  code: number;
  output: string;
  errors: string;
  milliseconds: number;
}

const SOURCE = new URL("../../", import.meta.url);
const COPIED = ["deno.json", "deno.lock", "lessons", "workbook"];

/**
 * Places that no copy is at now, by their prefix. What Deno has compiled at one
 * serves the next copy, too: the beginning of each would cost more than most tests.
 */
const free = new Map<string, string[]>();

/**
 * Copies the parts of the project that its tasks start with. Deno's cache of
 * npm packages is shared, so that only JSR is at stake.
 */
export async function copyProject(
  prefix = "workbook_",
): Promise<Project> {
  const root = free.get(prefix)?.pop() ?? await makePlace(prefix);
  const folder = `${root}/project`;
  const cache = `${root}/cache`;
  await Deno.mkdir(folder);
  for (const name of COPIED) {
    await copy(fileURLToPath(new URL(name, SOURCE)), `${folder}/${name}`);
  }

  const start: Project["start"] = (args, options = {}) => {
    const { jsrUrl = "http://127.0.0.1:1/", variables = {} } = options;
    return startProcess(Deno.execPath(), args, {
      DENO_DIR: cache,
      INIT_CWD: folder,
      JSR_URL: jsrUrl,
      NO_COLOR: "1",
      WORKBOOK_STD: "",
      ...variables,
    }, folder);
  };
  return {
    folder,
    start,
    write: async (path, text) => {
      const file = `${folder}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(file, text);
    },
    run: async (args, options) => {
      const began = performance.now();
      await using process = start(args, options);
      const { code, stdout, stderr } = await process.end(180_000);
      const milliseconds = performance.now() - began;
      return { code, output: stdout, errors: stderr, milliseconds };
    },
    files: async () => {
      const files = new Map<string, string>();
      await readFiles(folder, files);
      return files;
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
      await rm(`${cache}/remote`, { recursive: true, force: true });
      free.set(prefix, [...free.get(prefix) ?? [], root]);
    },
  };
}

/** Makes a place for copies, which is there until the tests of this file are over. */
async function makePlace(prefix: string): Promise<string> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix }));
  addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));
  const cache = `${root}/cache`;
  await Deno.mkdir(cache);
  await Deno.symlink(await npmCache(), `${cache}/npm`, { type: "junction" });
  return root;
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(`${from}/${name}`, `${to}/${name}`);
  }
}

async function readFiles(
  folder: string,
  files: Map<string, string>,
): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isFile) files.set(path, await Deno.readTextFile(path));
    else await readFiles(path, files);
  }
}

/** The folder in which Deno keeps npm packages. */
export async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  return npmCache;
}

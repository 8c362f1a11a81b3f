/**
 * A copy of this project in a temporary folder, to run its tasks in.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";

/** A copy of the project. */
export interface Project extends AsyncDisposable {
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
 * The folder of all places for copies. What Deno has compiled at one serves the next
 * copy, too: the beginning of each would cost more than most tests. A run of many
 * files gives a folder for all of them.
 */
let places = Deno.env.get("WORKBOOK_PLACES");

/**
 * Copies the parts of the project that its tasks start with. Deno's cache of
 * npm packages is shared, so that only JSR is at stake.
 *
 * @param prefix How the name of the folder around it begins.
 * @param more What else to copy, seen from the project's folder.
 */
export async function copyProject(
  prefix = "workbook_",
  more: readonly string[] = [],
): Promise<Project> {
  const root = takePlace(prefix);
  const folder = `${root}/project`;
  const cache = `${root}/cache`;
  if (!existsSync(cache)) {
    Deno.mkdirSync(cache, { recursive: true });
    await Deno.symlink(await npmCache(), `${cache}/npm`, { type: "junction" });
  }
  restore(folder, [...COPIED, ...more]);

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
      await rm(`${cache}/remote`, { recursive: true, force: true });
      await Deno.remove(takenSign(root));
    },
  };
}

/** Takes a place that no copy is at now, in this test file or in another one. */
function takePlace(prefix: string): string {
  places ||= makePlaces();
  for (let number = 1;; number++) {
    const root = `${places}/${prefix}${number}`;
    try {
      Deno.mkdirSync(takenSign(root));
      return root;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** The folder that is there as long as a copy is at a place. */
const takenSign = (root: string) => `${root}.taken`;

/** Makes a folder that is there until the tests of this file are over. */
function makePlaces(): string {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  return folder;
}

/**
 * Makes a folder have what the project has at these paths, and nothing else. What
 * another copy has left is compared: to write a file costs ten times as much.
 */
function restore(folder: string, paths: readonly string[]): void {
  const wanted = new Map<string, string>();
  const list = (from: string, to: string) => {
    if (Deno.statSync(from).isFile) return void wanted.set(to, from);
    for (const { name } of Deno.readDirSync(from)) {
      list(`${from}/${name}`, `${to}/${name}`);
    }
  };
  for (const path of paths) {
    list(fileURLToPath(new URL(path, SOURCE)), `${folder}/${path}`);
  }
  Deno.mkdirSync(folder, { recursive: true });
  removeOthers(folder, wanted);
  for (const [to, from] of wanted) {
    Deno.mkdirSync(dirname(to), { recursive: true });
    Deno.copyFileSync(from, to);
  }
}

/** Takes out of a folder the files that are there already, and removes all else. */
function removeOthers(folder: string, wanted: Map<string, string>): void {
  for (const { name, isFile, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const source = wanted.get(path);
    if (isDirectory) removeOthers(path, wanted);
    else if (
      isFile && source !== undefined &&
      Deno.readTextFileSync(source) === Deno.readTextFileSync(path)
    ) wanted.delete(path);
    else Deno.removeSync(path);
  }
  if (Array.from(Deno.readDirSync(folder)).length === 0) {
    Deno.removeSync(folder);
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

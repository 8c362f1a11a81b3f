import importMap from "../npm_std/import_map.json" with { type: "json" };

/** Where the `@std` packages come from: JSR, or the stand-ins over npm. */
export type StdSource = "jsr" | "npm";

/** What {@linkcode chooseStdSource} needs to know. Times are milliseconds. */
export interface StdSourceOptions {
  /** The registry's address, with a slash at its end. */
  jsrUrl: string;
  /** The file that remembers that the registry couldn't be reached. */
  memoryFile: URL;
  /** How long the registry may take to answer. 2 s by default. */
  answerTimeout?: number;
  /** How long the download of the packages may take. 30 s by default. */
  downloadTimeout?: number;
  /** How long an unreachable registry isn't tried again. 1 h by default. */
  memoryTime?: number;
}

const STD_NAMES = Object.keys(importMap.imports)
  .filter((name) => name.startsWith("@std/"));

/**
 * Decides whether programs can use the real `@std` packages. They can if Deno
 * has them, or can download them now. Deno itself can't be left to find out: on
 * a network that swallows packets, it waits without end.
 *
 * Says when it finds that they can't, and not again while it remembers that.
 */
export async function chooseStdSource(
  options: StdSourceOptions,
): Promise<StdSource> {
  if (await arePackagesCached()) return "jsr";
  if (await isRememberedUnreachable(options)) return "npm";
  if (await doesRegistryAnswer(options) && await download(options)) {
    return "jsr";
  }
  console.error("JSR can't be reached: using the npm stand-ins for @std");
  await rememberUnreachable(options);
  return "npm";
}

/**
 * Needs Deno's flag `--cached-only`, without which the imports download. The
 * names are variables because Deno follows literal ones before it runs anything.
 */
async function arePackagesCached(): Promise<boolean> {
  try {
    await Promise.all(STD_NAMES.map((name) => import(name)));
    return true;
  } catch {
    return false;
  }
}

/** A login page also answers 200; only a registry lists a package's versions. */
async function doesRegistryAnswer(options: StdSourceOptions): Promise<boolean> {
  const { jsrUrl, answerTimeout = 2_000 } = options;
  try {
    const response = await fetch(new URL("@std/csv/meta.json", jsrUrl), {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(answerTimeout),
    });
    const meta: unknown = await response.json();
    return typeof meta === "object" && meta !== null && "versions" in meta;
  } catch {
    return false;
  }
}

async function download(options: StdSourceOptions): Promise<boolean> {
  const { jsrUrl, downloadTimeout = 30_000 } = options;
  const specifiers = STD_NAMES.map((name) => import.meta.resolve(name));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-lock", ...specifiers],
    env: { JSR_URL: jsrUrl },
    signal: AbortSignal.timeout(downloadTimeout),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

interface Memory {
  jsrUrl: string;
  time: number;
}

async function isRememberedUnreachable(
  options: StdSourceOptions,
): Promise<boolean> {
  const { jsrUrl, memoryFile, memoryTime = 3_600_000 } = options;
  try {
    const text = await Deno.readTextFile(memoryFile);
    const memory: Partial<Memory> = JSON.parse(text);
    const age = Date.now() - (memory.time ?? 0);
    return memory.jsrUrl === jsrUrl && age >= 0 && age < memoryTime;
  } catch {
    return false;
  }
}

/** Only saves time, so a folder that can't be written to is no failure. */
async function rememberUnreachable(options: StdSourceOptions): Promise<void> {
  const { jsrUrl, memoryFile } = options;
  const memory: Memory = { jsrUrl, time: Date.now() };
  try {
    await Deno.mkdir(new URL(".", memoryFile), { recursive: true });
    await Deno.writeTextFile(memoryFile, JSON.stringify(memory));
  } catch {
    return;
  }
}

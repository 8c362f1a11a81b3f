import { fileURLToPath } from "node:url";
import { findPeer } from "../testing/peers.ts";

const PROJECT = new URL("../", import.meta.url);

/** What a program of `peers/` is to do: its argument, as JSON. */
export interface Job {
  /** The broker's port on the loopback address. */
  port?: number;
  clientId?: string;
  /** The quality of service, 0 unless given. */
  qos?: 0 | 1 | 2;
  /** How many publishes may wait for their acknowledgement at once. */
  window?: number;
  /** Whether paho's own window is off, and the program counts instead. */
  ownWindow?: boolean;
  /** How many messages there are. */
  messages?: number;
  /** How many clients receive them all, 1 unless given. */
  subscribers?: number;
  /** Whether a message on {@linkcode END} follows them. */
  end?: boolean;
  /** The file to record to. */
  file?: string;
}

export const TOPIC = "iot/user1/temp";
/** The topic of the message that says that there are no more readings. */
export const END = "iot/end";
/** What receivers subscribe to. */
export const FILTER = "iot/#";

/** The payloads, which are sent one after the other and then from the start. */
export const READINGS: readonly string[] = Array.from(
  { length: 1000 },
  (_, index) => (20 + (index * 37 % 1000) / 100).toFixed(2),
);

export const FOLDER: string = fileURLToPath(PROJECT);

/** The command that runs a TypeScript program of `peers/`. */
export function denoProgram(name: string, job: Job): string[] {
  return [
    Deno.execPath(),
    "run",
    "--allow-env",
    "--allow-net",
    "--allow-read",
    "--allow-run",
    "--allow-write",
    "--quiet",
    "--cached-only",
    ...moduleFlags(),
    fileURLToPath(new URL(`bench/peers/${name}`, PROJECT)),
    JSON.stringify(job),
  ];
}

export function pythonProgram(name: string, job: Job): string[] {
  const python = findPeer("paho");
  if (python === undefined) throw new Error("paho is not installed");
  const path = fileURLToPath(new URL(`bench/peers/${name}`, PROJECT));
  // -B: no folder of compiled modules is left behind.
  return [python, "-B", path, JSON.stringify(job)];
}

let lockFile: string | undefined;

/**
 * Children find the packages where this process does: with the stand-ins for
 * `@std` if it uses them, and with a copy of the lock file, which stays clean.
 */
function moduleFlags(): string[] {
  if (lockFile === undefined) throw new Error("Programs are not prepared");
  const flags = [`--config=${FOLDER}deno.json`, `--lock=${lockFile}`];
  if (import.meta.resolve("@std/csv").startsWith("file:")) {
    flags.push(`--import-map=${FOLDER}workbook/npm_std/import_map.json`);
  }
  return flags;
}

/**
 * Downloads and compiles what the programs need, so that no run has to.
 *
 * @returns What removes the files that this made.
 */
export async function preparePrograms(): Promise<AsyncDisposable> {
  const copy = await Deno.makeTempFile({ prefix: "bench_", suffix: ".lock" });
  await Deno.copyFile(new URL("deno.lock", PROJECT), copy);
  lockFile = copy;
  const folder = new URL("bench/peers/", PROJECT);
  const programs = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name }) => name.endsWith(".ts"))
    .map(({ name }) => fileURLToPath(new URL(name, folder)));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", ...moduleFlags(), ...programs],
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return { [Symbol.asyncDispose]: () => Deno.remove(copy) };
}

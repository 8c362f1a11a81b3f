import { join } from "node:path";
import type { KeyPair } from "../../lib/broker/listen/key_pair.ts";
import { reasonOf } from "../../lib/recording_error.ts";
import { UsageError } from "../options/program.ts";

/** Where a certificate and its key are. */
export interface KeyPairFiles {
  cert: string;
  key: string;
}

/** The files of `ca` or `broker` in a folder. */
export function filesIn(folder: string, name: string): KeyPairFiles {
  return {
    cert: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
  };
}

/** The first of these files that exists, if any. */
export async function findFile(
  { cert, key }: KeyPairFiles,
): Promise<string | undefined> {
  for (const path of [cert, key]) {
    try {
      await Deno.lstat(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw unusable(path, error);
    }
  }
}

/**
 * Reads both files.
 *
 * @throws {UsageError} If one can't be read.
 */
export async function readKeyPair(
  { cert, key }: KeyPairFiles,
): Promise<KeyPair> {
  const [certText, keyText] = await Promise.all([read(cert), read(key)]);
  return { cert: certText, key: keyText };
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * Writes both files whole, the key first and for its owner's eyes only, in place
 * of what is there.
 *
 * @throws {UsageError} If they can't be written.
 */
export async function writeKeyPair(
  files: KeyPairFiles,
  { cert, key }: KeyPair,
): Promise<void> {
  await write(files.key, key, 0o600);
  await write(files.cert, cert, 0o644);
}

async function write(path: string, text: string, mode: number): Promise<void> {
  // A file that is there keeps its mode when it is written to. A new one, put in
  // its place, has its own.
  const draft = `${path}.new`;
  try {
    await Deno.remove(draft).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.writeTextFile(draft, text, { createNew: true, mode });
    await Deno.rename(draft, path);
  } catch (error) {
    throw unusable(path, error, "written");
  }
}

function unusable(path: string, error: unknown, how = "read"): UsageError {
  return new UsageError(`File "${path}" can't be ${how}: ${reasonOf(error)}`);
}

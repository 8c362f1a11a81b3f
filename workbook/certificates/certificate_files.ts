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

/** The commands that use new certificates, for each kind of client. */
export function describeNextSteps(
  { ca, broker, host }: {
    ca: KeyPairFiles;
    broker: KeyPairFiles;
    /** What clients connect to: this computer alone, unless given. */
    host: string | undefined;
  },
): string {
  const name = host ?? "localhost";
  const address = name.includes(":") ? `[${name}]` : name;
  const listen = host === undefined ? "" : "--host 0.0.0.0 ";
  return `
The broker${
    host === undefined
      ? " (with --host 0.0.0.0, other computers can reach it, too)"
      : ""
  }:
  deno task broker ${listen}--cert ${quote(broker.cert)} --key ${
    quote(broker.key)
  }

Its clients, which need ${ca.cert} and no other file:
  deno task sub -h ${name} --cafile ${quote(ca.cert)} -t "#" -v
  deno task pub -h ${name} --cafile ${quote(ca.cert)} -t greeting -m hello
  mosquitto_sub -h ${name} -p 8883 --cafile ${quote(ca.cert)} -t "#" -v
In programs:
  TypeScript: connect("mqtts://${address}", { tls: { ca: await Deno.readTextFile(${
    JSON.stringify(ca.cert)
  }) } })
  paho: client.tls_set(${
    JSON.stringify(ca.cert)
  }); client.connect("${name}", 8883)

Never give away ${ca.key}: whoever has it can pass for this broker.`;
}

/** A path as this system's shell takes it. */
function quote(path: string): string {
  if (/^[\w./\\:-]+$/.test(path)) return path;
  if (Deno.build.os === "windows") return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

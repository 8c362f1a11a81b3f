/**
 * What holds back students' programs, besides Deno's permissions.
 *
 * Permissions leave four ways open. A static import reads any file before the
 * program runs: `imports.ts` looks at those. A program that may set variables
 * can name a proxy to go through. `localStorage` and `caches` write to Deno's
 * own folder without asking, and nothing bounds the memory: the limits below do,
 * where the system has them.
 *
 * @module
 */

/**
 * Variables that say where Deno goes, whom it trusts there, and what it notes
 * and where. No program needs one. MQTT.js wants a list of all variables, so
 * that only these are denied.
 */
const DENIED_VARIABLES: readonly string[] = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    .flatMap((name) => [name, name.toLowerCase()]),
  "DENO_*",
  "DYLD_*",
  "HOSTALIASES",
  "JSR_*",
  "LD_*",
  "LOCALDOMAIN",
  "NODE_*",
  "NPM_*",
  "npm_*",
  "OTEL_*",
  "RES_OPTIONS",
  "SSL*",
];

/** Deno's flags: no prompt, no code from elsewhere, and a heap of 128 MB. */
export const CONFINED_FLAGS: readonly string[] = [
  "--no-prompt",
  "--cached-only",
  "--v8-flags=--max-old-space-size=128",
  `--deny-env=${DENIED_VARIABLES.join(",")}`,
];

/** Memory of all kinds in kB, of which V8 reserves 550,000 for code alone. */
const MEMORY = 800_000;

/**
 * Time on the processor in seconds: twenty times what a program takes, and ten times
 * on a small computer. Who needs more is in a loop.
 */
const PROCESSOR_TIME = 10;

/**
 * No file may grow. Without the signal, a write fails and Deno goes on without
 * its caches.
 */
const SCRIPT = [
  "trap '' XFSZ",
  "ulimit -f 0",
  `ulimit -t ${PROCESSOR_TIME}`,
  `ulimit -d ${MEMORY}`,
  'exec "$@"',
].join("; ");

/**
 * A command that runs another one within limits.
 *
 * @param command The command and its arguments.
 * @returns The command to run instead. With `exec`, it is one process.
 */
export function limited(command: readonly string[]): string[] {
  if (Deno.build.os === "windows") return [...command];
  return ["sh", "-c", SCRIPT, "sh", ...command];
}

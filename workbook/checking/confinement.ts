/**
 * What holds back strangers' programs, besides Deno's permissions.
 *
 * Permissions leave three ways open. A static import reads any file before the
 * program runs: `../grading/imports.ts` looks at those. `localStorage` and
 * `caches` write to Deno's own folder without asking, and nothing bounds the
 * memory: the limits below do, where the system has them.
 *
 * @module
 */

/**
 * Flags of Deno: no code from elsewhere, and a heap of 256 MB. No prompt and the
 * permissions are the same for all programs.
 */
export const STRANGER_FLAGS = [
  "--cached-only",
  "--v8-flags=--max-old-space-size=256",
];

/** Memory of all kinds in kB. V8 alone reserves half of it. */
const MEMORY = 1_250_000;

/** Time on the processor, in seconds, also for one that nobody watches. */
const PROCESSOR_TIME = 120;

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

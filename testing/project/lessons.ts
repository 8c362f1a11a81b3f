/**
 * The programs of lessons, run as a student runs them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";
import { programFlags } from "../../workbook/lessons/lessons.ts";
import { denoFlags } from "../deno_flags.ts";

/** How a lesson's program is run. */
export interface LessonRun {
  /** The broker's address, for `MQTT_URL`. */
  url: string;
  /** The program's arguments. */
  args?: string[];
  /** Variables that it gets besides this process's own. */
  variables?: Record<string, string>;
  /** The folder that it runs in; this process's own unless given. */
  folder?: string;
}

/**
 * Starts a program with exactly the permissions that its header gives.
 *
 * @param lesson `import.meta.url` of a test in the program's folder.
 * @param program The program's name, without `.ts`.
 * @param run The broker, and more.
 * @returns The running program.
 */
export function startLesson(
  lesson: string,
  program: string,
  { url, args = [], variables = {}, folder }: LessonRun,
): Process {
  const file = new URL(`${program}.ts`, lesson);
  return startProcess(
    Deno.execPath(),
    [
      "run",
      // The first to run it may have to download its packages.
      "--quiet",
      ...denoFlags(),
      "--no-prompt",
      ...programFlags(file),
      fileURLToPath(file),
      ...args,
    ],
    { MQTT_URL: url, MQTT_TRACE: "", ...variables },
    folder,
  );
}

/** Runs a program to its end: see {@linkcode startLesson}. */
export async function runLesson(
  ...args: Parameters<typeof startLesson>
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using program = startLesson(...args);
  return await program.end();
}

/**
 * An exercise's checks as tests, for `deno test`. Nothing here needs a
 * permission before a test runs, and nothing is from JSR.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Exercise } from "./requirement.ts";

/** A student's file beside the one that it began as. */
interface StudentFile {
  work: string;
  stub: string;
}

/**
 * Defines a test for each requirement, or one that is ignored if the student
 * hasn't begun.
 */
export function testExercise(exercise: Exercise, files: StudentFile[]): void {
  const { name, requirements } = exercise;
  if (files.every(({ work, stub }) => normalize(work) === normalize(stub))) {
    Deno.test.ignore(`${name}: not started yet`, () => {});
    return;
  }
  for (const requirement of requirements) {
    const extra = requirement.extra ? " (extra)" : "";
    Deno.test({
      name: `${name}: ${requirement.words}${extra}`,
      // There, no program can press Ctrl-C.
      ignore: requirement.needsSignals === true &&
        Deno.build.os === "windows",
      fn: async () => {
        await assertPermitted(name);
        // Loaded now, because MQTT.js asks for a permission when it is loaded.
        const { checkRequirement, ownFiles } = await import("./run_checks.ts");
        const flags: string[] =
          JSON.parse(Deno.env.get("WORKBOOK_FLAGS") || "null") ??
            projectFlags();
        const { state, report } = await checkRequirement(
          exercise,
          requirement,
          {
            files: await ownFiles(exercise, flags),
            seed: Number(Deno.env.get("WORKBOOK_SEED") || randomSeed()),
            flags,
          },
        );
        if (state === "failed") throw new Error(report);
      },
    });
  }
}

async function assertPermitted(name: string): Promise<void> {
  for (const permission of ["run", "net", "env", "read"] as const) {
    const { state } = await Deno.permissions.query({ name: permission });
    if (state === "granted") continue;
    throw new Error(
      `The checks of ${name} start your program: run them with ` +
        `"deno test -A" or "deno task check ${name.slice(0, 2)}"`,
    );
  }
}

/** Flags that resolve modules as in the project, also where JSR is blocked. */
function projectFlags(): string[] {
  const path = (name: string) =>
    fileURLToPath(new URL(`../../${name}`, import.meta.url));
  return [
    `--config=${path("deno.json")}`,
    `--import-map=${path("workbook/npm_std/import_map.json")}`,
  ];
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** The same text, whatever ends its lines. */
function normalize(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}

/**
 * Proves the checks: a solution passes, a stub fails, and each typical mistake
 * fails for the requirement that it breaks.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type {
  Exercise,
  Requirement,
} from "../workbook/checking/requirement.ts";
import { peerTest } from "../lib/testing/peers.ts";
import {
  checkRequirement,
  type ChecksOptions,
} from "../workbook/checking/run_checks.ts";
import { stage } from "../workbook/checking/stage.ts";
import type { Files } from "../workbook/checking/student_files.ts";
import { pool } from "../workbook/_pool.ts";
import { denoFlags } from "../workbook/testing/deno_flags.ts";
import { permissionsIn } from "../workbook/testing/permissions.ts";

const HERE = new URL("./", import.meta.url);
const SEED = Number(Deno.env.get("WORKBOOK_SEED") || Date.now() % 2 ** 32);

/** Enough for a wrong answer, which mostly fails by not coming at all. */
const SHORT = 4000;

/** How many programs run at once: most of a check is waiting. */
const AT_ONCE = 4;

/** A program that never ran has made no mistake. */
const DID_NOT_RUN = /Module not found|not a dependency|SyntaxError/;

const path = (relative: string) => fileURLToPath(new URL(relative, HERE));

/** The names of what is in a folder. */
const namesIn = (folder: string) =>
  Array.from(Deno.readDirSync(path(folder)), ({ name }) => name).sort();

/** The requirements that programs fail, by their short names, with the reports. */
async function failures(
  exercise: Exercise,
  requirements: readonly Requirement[],
  programs: Pick<
    ChecksOptions,
    "files" | "command" | "permissions" | "deadline"
  >,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  await pool(requirements, AT_ONCE, async (requirement) => {
    const { state, report } = await checkRequirement(exercise, requirement, {
      ...programs,
      seed: SEED,
      flags: denoFlags(),
    });
    if (state === "failed") failed.set(requirement.id, report);
  });
  return failed;
}

/** Type-checks programs where an exercise's programs lie. */
async function typeErrors(
  { name }: Exercise,
  files: Files,
): Promise<string> {
  await using staged = await stage(name, files);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...denoFlags(), ...Object.keys(files)],
    cwd: staged.folder,
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

let mistakesInAll = 0;

for (const folder of namesIn("./")) {
  if (!/^\d\d_/.test(folder)) continue;
  const { exercise } = await import(`./${folder}/check.ts`) as {
    exercise: Exercise;
  };
  const required = exercise.requirements.filter(({ extra }) => !extra);
  const filesIn = (place: string): Files =>
    Object.fromEntries(
      exercise.programs.map((program) => [
        `${program}.ts`,
        Deno.readFileSync(path(`${place}/${program}.ts`)),
      ]),
    );

  Deno.test(`${folder}: the solution passes (seed ${SEED})`, async () => {
    const failed = await failures(exercise, exercise.requirements, {
      files: filesIn(`../solutions/${folder}`),
      // No more than its header says.
      permissions: (program) =>
        permissionsIn(path(`../solutions/${folder}/${program}.ts`)),
    });
    assertEquals(Object.fromEntries(failed), {});
  });

  Deno.test(`${folder}: the stub is right in itself, and fails whatever is required`, async () => {
    const files = filesIn(`${folder}/stub`);
    assertEquals(await typeErrors(exercise, files), "");
    const failed = await failures(exercise, required, {
      files,
      deadline: SHORT,
    });
    assertEquals(
      [...failed.keys()].sort(),
      required.map(({ id }) => id).sort(),
    );
    const reports = [...failed.values()];
    assertEquals(reports.filter((report) => DID_NOT_RUN.test(report)), []);
  });

  const mistakes = namesIn(`${folder}/mistakes`);
  mistakesInAll += mistakes.length;
  Deno.test(`${folder}: each of ${mistakes.length} mistakes fails what it breaks`, async () => {
    const outcomes = new Map<string, string>();
    const expected = new Map<string, string>();
    await pool(mistakes, AT_ONCE, async (mistake) => {
      const bytes = await Deno.readFile(path(`${folder}/mistakes/${mistake}`));
      const text = new TextDecoder().decode(bytes);
      // Of an exercise with several programs, the header says which one it is.
      const [, broken = "", program = exercise.programs[0]] =
        /Breaks `(.+?)`(?: in `(.+?)`)?/.exec(text) ?? [];
      const failed = await failures(
        exercise,
        exercise.requirements.filter(({ id }) => id === broken),
        {
          files: {
            ...filesIn(`../solutions/${folder}`),
            [`${program}.ts`]: bytes,
          },
          deadline: SHORT,
        },
      );
      expected.set(mistake, `fails ${broken}`);
      const report = failed.get(broken);
      outcomes.set(
        mistake,
        report === undefined
          ? "passes"
          : DID_NOT_RUN.test(report)
          ? report
          : `fails ${broken}`,
      );
    });
    assertEquals(Object.fromEntries(outcomes), Object.fromEntries(expected));
    if (mistakes.length < 4) throw new Error("Four mistakes are the least");
  });

  if (namesIn(folder).includes("python")) {
    peerTest(
      ["paho", "pigpio"],
      `${folder}: Python passes whatever is required`,
      async ({ paho }) => {
        const command = [paho, path(`${folder}/python/{program}.py`)];
        const failed = await failures(exercise, required, {
          files: {},
          command,
        });
        assertEquals(Object.fromEntries(failed), {});
      },
    );
  }
}

Deno.test(`the exercises have ${mistakesInAll} mistakes in all`, () => {
  assertEquals(mistakesInAll >= 40, true);
});

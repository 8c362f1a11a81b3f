/**
 * Proves the checks: a solution passes, a stub fails, and each typical mistake
 * fails for the requirement that it breaks.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { applyEdits, type Mistakes } from "../workbook/checking/mistake.ts";
import type {
  Exercise,
  Requirement,
} from "../workbook/checking/requirement.ts";
import { peerTest } from "../lib/testing/peers.ts";
import { temporaryFolder } from "../lib/testing/temporary_folder.ts";
import {
  checkRequirement,
  type ChecksOptions,
} from "../workbook/checking/run_checks.ts";
import { stage } from "../workbook/checking/stage.ts";
import { denoFlags } from "../workbook/testing/deno_flags.ts";
import { permissionsIn } from "../workbook/testing/permissions.ts";

const HERE = new URL("./", import.meta.url);
const SEED = Number(Deno.env.get("WORKBOOK_SEED") || Date.now() % 2 ** 32);

/** Enough for a wrong answer, which mostly fails by not coming at all. */
const SHORT = 4000;

/** How many programs run at once: most of a check is waiting. */
const AT_ONCE = 8;

/** A program that never ran has made no mistake. */
const DID_NOT_RUN = /Module not found|not a dependency|SyntaxError/;

const path = (relative: string) => fileURLToPath(new URL(relative, HERE));

/** The names of what is in a folder. */
const namesIn = (folder: string) =>
  Array.from(Deno.readDirSync(path(folder)), ({ name }) => name).sort();

/** Fails unless the mistakes that are programs are those that lie there. */
function assertListed(folder: string, mistakes: Mistakes): void {
  const programs = Object.keys(mistakes)
    .filter((name) => mistakes[name]!.edits === undefined)
    .map((name) => `${name}.ts`);
  const there = namesIn(folder).includes("mistakes")
    ? namesIn(`${folder}/mistakes`)
    : [];
  assertEquals(there, programs.sort());
}

/**
 * Writes the programs with the mistakes.
 *
 * @returns Where each of them is, by the mistake's name.
 */
async function writeMistakes(
  { name: exercise, programs }: Exercise,
  { mistakes, into }: { mistakes: Mistakes; into: string },
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, mistake] of Object.entries(mistakes)) {
    const { edits, program = programs[0] } = mistake;
    if (edits === undefined) {
      files.set(name, path(`${exercise}/mistakes/${name}.ts`));
      continue;
    }
    const solution = await Deno.readTextFile(
      path(`../solutions/${exercise}/${program}.ts`),
    );
    const file = `${into}/${name}.ts`;
    try {
      await Deno.writeTextFile(file, applyEdits(solution, edits));
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`Mistake "${name}" of ${exercise}: ${message}`);
    }
    files.set(name, file);
  }
  return files;
}

/** Runs a function for each item, a few at a time. */
async function forEach<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const runSome = async () => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
}

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
  await forEach(requirements, async (requirement) => {
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
  files: Record<string, string>,
): Promise<string> {
  await using staged = await stage(name, files);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...denoFlags(), ...Object.keys(files)],
    cwd: staged.folder,
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

/** How a mistake came out, by the report of what it breaks. */
function outcomeOf(report: string | undefined, isRequired: boolean): string {
  if (!isRequired) return "breaks what the exercise doesn't ask for";
  if (report === undefined) return "passes";
  return DID_NOT_RUN.test(report) ? `doesn't run: ${report}` : "fails";
}

let mistakesInAll = 0;

for (const folder of namesIn("./")) {
  if (!/^\d\d_/.test(folder)) continue;
  const { exercise } = await import(`./${folder}/check.ts`) as {
    exercise: Exercise;
  };
  const { mistakes } = await import(`./${folder}/mistakes.ts`) as {
    mistakes: Mistakes;
  };
  const required = exercise.requirements.filter(({ extra }) => !extra);
  const filesIn = (place: string) =>
    Object.fromEntries(
      exercise.programs.map((program) => [
        `${program}.ts`,
        path(`${place}/${program}.ts`),
      ]),
    );

  Deno.test(`${folder}: the solution passes (seed ${SEED})`, async () => {
    const files = filesIn(`../solutions/${folder}`);
    const failed = await failures(exercise, exercise.requirements, {
      files,
      // No more than its header says.
      permissions: (program) => permissionsIn(files[`${program}.ts`]!),
    });
    assertEquals(Object.fromEntries(failed), {});
  });

  Deno.test(`${folder}: the stub fails whatever is required`, async () => {
    const failed = await failures(exercise, required, {
      files: filesIn(`${folder}/stub`),
      deadline: SHORT,
    });
    assertEquals(
      [...failed.keys()].sort(),
      required.map(({ id }) => id).sort(),
    );
    const reports = [...failed.values()];
    assertEquals(reports.filter((report) => DID_NOT_RUN.test(report)), []);
  });

  const count = Object.keys(mistakes).length;
  mistakesInAll += count;
  Deno.test(`${folder}: the stub and ${count} mistakes are right in themselves`, async () => {
    assertListed(folder, mistakes);
    await using place = await temporaryFolder();
    const files = await writeMistakes(exercise, { mistakes, into: place.path });
    const errors = await typeErrors(exercise, {
      ...filesIn(`${folder}/stub`),
      ...Object.fromEntries(
        Array.from(files, ([name, file]) => [`mistake_${name}.ts`, file]),
      ),
    });
    assertEquals(errors, "");
  });

  Deno.test(`${folder}: each of ${count} mistakes fails what it breaks`, async () => {
    await using place = await temporaryFolder();
    const files = await writeMistakes(exercise, { mistakes, into: place.path });
    const outcomes: Record<string, string> = {};
    await forEach([...files], async ([name, file]) => {
      const { breaks, program = exercise.programs[0] } = mistakes[name]!;
      const broken = exercise.requirements.filter(({ id }) => id === breaks);
      const failed = await failures(exercise, broken, {
        files: {
          ...filesIn(`../solutions/${folder}`),
          [`${program}.ts`]: file,
        },
        deadline: SHORT,
      });
      outcomes[name] = outcomeOf(failed.get(breaks), broken.length > 0);
    });
    const expected = Object.keys(mistakes).map((name) => [name, "fails"]);
    assertEquals(outcomes, Object.fromEntries(expected));
    if (count < 4) throw new Error("Four mistakes are the least");
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
  assertEquals(mistakesInAll >= 111, true);
});

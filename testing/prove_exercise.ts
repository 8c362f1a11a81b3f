/**
 * Proves the checks of an exercise: its solution passes, its stub fails, and each
 * typical mistake fails for the requirement that it breaks.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  findLacking,
  onSharedBroker,
  sharedBrokerUrl,
} from "./brokers/embedded_broker.ts";
import { peerTest } from "./peers.ts";
import { pool } from "../workbook/checking/pool.ts";
import { type Mistakes, mistakeText } from "../workbook/checking/mistake.ts";
import type {
  Exercise,
  Requirement,
} from "../workbook/checking/requirement.ts";
import {
  checkRequirement,
  type ChecksOptions,
} from "../workbook/checking/run_checks.ts";
import type { Files } from "../workbook/checking/student_files.ts";
import { denoFlags } from "./deno_flags.ts";
import { permissionsIn } from "./project/permissions.ts";

const SEED = Number(Deno.env.get("WORKBOOK_SEED") || Date.now() % 2 ** 32);

/** Enough for a right answer, also where far too much runs at once. */
const RIGHT = { deadline: 60_000 };

/**
 * Enough for a wrong answer, which mostly fails by not coming at all. It counts
 * from the program's first sign, so that none fails because it starts slowly.
 */
const WRONG = { deadline: 4000, startDeadline: 60_000 };

/** How many programs run at once: most of a check is waiting. */
const AT_ONCE = 8;

/** What a requirement needs of a broker that not every broker has. */
const BROKER_NEEDS: Readonly<Record<string, readonly string[]>> = {
  "04_luminosity/names": ["topic with a blank"],
};

/** A program that never ran has made no mistake. */
const DID_NOT_RUN = /Module not found|not a dependency|SyntaxError/;

/** Defines the tests that prove an exercise's checks. */
export function proveExercise(exercise: Exercise, mistakes: Mistakes): void {
  const { name, requirements } = exercise;
  const required = requirements.filter(({ extra }) => !extra);
  const solution = filesIn(exercise, `solutions/${name}`);
  const stub = filesIn(exercise, `checks/${name}/stub`);

  const passes = `${name}: the solution passes (seed ${SEED})`;
  Deno.test(onSharedBroker(passes), async () => {
    const possible = requirements.filter(({ id }) =>
      findLacking(BROKER_NEEDS[`${name}/${id}`] ?? []) === undefined
    );
    const failed = await failures(exercise, possible, {
      files: solution,
      ...RIGHT,
      // No more than its header says.
      permissions: (program) =>
        permissionsIn(inProject(`solutions/${name}/${program}.ts`)),
    });
    assertEquals(Object.fromEntries(failed), {});
  });

  Deno.test(`${name}: the stub fails whatever is required`, async () => {
    const failed = await failures(exercise, required, {
      files: stub,
      ...WRONG,
    });
    assertEquals(
      [...failed.keys()].sort(),
      required.map(({ id }) => id).sort(),
      "the stub does nothing yet, and must pass nothing that is required",
    );
    const reports = [...failed.values()];
    assertEquals(reports.filter((report) => DID_NOT_RUN.test(report)), []);
  });

  const count = Object.keys(mistakes).length;
  Deno.test(`${name}: each of ${count} mistakes fails what it breaks`, async () => {
    const wrong = await mistakeFiles(exercise, mistakes);
    const outcomes: Record<string, string> = {};
    await pool(Object.entries(mistakes), AT_ONCE, async ([mistake, about]) => {
      const { breaks, program = exercise.programs[0] } = about;
      const failed = await failures(
        exercise,
        requirements.filter(({ id }) => id === breaks),
        {
          files: { ...solution, [`${program}.ts`]: wrong[`${mistake}.ts`]! },
          ...WRONG,
        },
      );
      outcomes[mistake] = outcomeOf(failed.get(breaks));
    });
    const expected = Object.keys(mistakes).map((name) => [name, "fails"]);
    assertEquals(
      outcomes,
      Object.fromEntries(expected),
      "a mistake that passes isn't noticed by the check of what it breaks: " +
        "that check must try more, or the mistake breaks something else",
    );
  });

  if (!isThere(`checks/${name}/python`)) return;
  peerTest(
    ["paho", "pigpio"],
    `${name}: Python passes whatever is required`,
    async ({ paho }) => {
      const program = inProject(`checks/${name}/python/{program}.py`);
      const failed = await failures(exercise, required, {
        files: {},
        ...RIGHT,
        command: [paho, program],
      });
      assertEquals(Object.fromEntries(failed), {});
    },
  );
}

function inProject(path: string): string {
  return fileURLToPath(new URL("../", import.meta.url)) + path;
}

function isThere(folder: string): boolean {
  try {
    return Deno.statSync(inProject(folder)).isDirectory;
  } catch {
    return false;
  }
}

function filesIn({ programs }: Exercise, folder: string): Files {
  return Object.fromEntries(
    programs.map((program) => [
      `${program}.ts`,
      Deno.readFileSync(inProject(`${folder}/${program}.ts`)),
    ]),
  );
}

/** Each program with a mistake, named like it. */
async function mistakeFiles(
  exercise: Exercise,
  mistakes: Mistakes,
): Promise<Files> {
  const encoder = new TextEncoder();
  const files: Record<string, Uint8Array> = {};
  for (const name of Object.keys(mistakes)) {
    const text = await mistakeText(exercise, { mistakes, name });
    files[`${name}.ts`] = encoder.encode(text);
  }
  return files;
}

/** The requirements that programs fail, by their short names, with the reports. */
async function failures(
  exercise: Exercise,
  requirements: readonly Requirement[],
  programs: Pick<
    ChecksOptions,
    "files" | "command" | "permissions" | "deadline" | "startDeadline"
  >,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  const broker = sharedBrokerUrl();
  const atOnce = broker === undefined ? AT_ONCE : 1;
  await pool(requirements, atOnce, async (requirement) => {
    const { state, report } = await checkRequirement(exercise, requirement, {
      ...programs,
      broker,
      seed: SEED,
      flags: denoFlags(),
    });
    if (state === "failed") failed.set(requirement.id, report);
  });
  return failed;
}

/** How a mistake came out, by the report of what it breaks. */
function outcomeOf(report: string | undefined): string {
  if (report === undefined) return "passes";
  return DID_NOT_RUN.test(report) ? `doesn't run: ${report}` : "fails";
}

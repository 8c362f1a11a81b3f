/**
 * Slips of beginners: the first five lines that `check` prints name the cause.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { exercise as presence } from "./01_presence/check.ts";
import { slips as presenceSlips } from "./01_presence/slips.ts";
import { exercise as chat } from "./03_chat/check.ts";
import { slips as chatSlips } from "./03_chat/slips.ts";
import { exercise as luminosity } from "./04_luminosity/check.ts";
import { slips as luminositySlips } from "./04_luminosity/slips.ts";
import { exercise as authentication } from "./05_qos2_authentication/check.ts";
import { slips as authenticationSlips } from "./05_qos2_authentication/slips.ts";
import { denoFlags } from "../testing/deno_flags.ts";
import { inOrder } from "../workbook/exercises/check_exercise.ts";
import { resultLines } from "../workbook/exercises/result_lines.ts";
import { mistakeText, type Slips } from "../workbook/checking/mistake.ts";
import { pool } from "../workbook/checking/pool.ts";
import type {
  Exercise,
  Outcome,
  Requirement,
} from "../workbook/checking/requirement.ts";
import { checkRequirement } from "../workbook/checking/run_checks.ts";
import { stage } from "../workbook/checking/stage.ts";
import type { Files } from "../workbook/checking/student_files.ts";
import { findTypeErrors } from "../workbook/checking/type_errors.ts";

const CHECKS = new URL("./", import.meta.url);

/** `check` prints a heading and an empty line above. */
const FIRST = 3;

/** How many programs run at once: most of a check is waiting. */
const AT_ONCE = 8;

/**
 * From the program's first sign on, so that none fails for starting slowly. One
 * that gives no sign is waited for as long as it takes elsewhere.
 */
const WAITS = { deadline: 5000, startDeadline: 20_000 };

/** In milliseconds, for all slips together, also on a busy machine. */
const TYPES_DEADLINE = 120_000;

const list: { exercise: Exercise; slips: Slips }[] = [
  { exercise: presence, slips: presenceSlips },
  { exercise: chat, slips: chatSlips },
  { exercise: luminosity, slips: luminositySlips },
  { exercise: authentication, slips: authenticationSlips },
];

Deno.test("every slips.ts is tried here", () => {
  const found = Array.from(Deno.readDirSync(CHECKS))
    .filter(({ name, isDirectory }) =>
      isDirectory && existsSync(new URL(`${name}/slips.ts`, CHECKS))
    );
  assertEquals(
    found.map(({ name }) => name).sort(),
    list.map(({ exercise }) => exercise.name),
  );
});

Deno.test("there are 25 slips or more", () => {
  const counts = list.map(({ slips }) => Object.keys(slips).length);
  assert(counts.reduce((sum, count) => sum + count) >= 25, counts.join());
});

/** The programs, by the names of their exercises and their own. */
const texts: Record<string, Uint8Array> = {};
for (const { exercise, slips } of list) {
  for (const name of Object.keys(slips)) {
    const of = { mistakes: slips, name, folder: "slips" } as const;
    const text = await mistakeText(exercise, of);
    texts[`${exercise.name}/${name}.ts`] = new TextEncoder().encode(text);
  }
}

let typeErrors: ReturnType<typeof findTypeErrors> | undefined;

/** Checks the types of all at once: most of that is for the toolkit. */
async function checkTypes(): ReturnType<typeof findTypeErrors> {
  await using staged = await stage("", texts, denoFlags());
  return await findTypeErrors(staged.folder, {
    files: texts,
    flags: staged.flags,
    deadline: TYPES_DEADLINE,
  });
}

for (const { exercise, slips } of list) {
  Deno.test(`${exercise.name}: check names the cause of each slip at once`, async () => {
    const allErrors = await (typeErrors ??= checkTypes());
    const failures: string[] = [];
    await pool(Object.keys(slips), 3, async (name) => {
      const { program = exercise.programs[0]!, says } = slips[name]!;
      const file = `${exercise.name}/${name}.ts`;
      const outcomes = await tryAll(exercise, {
        ...await solution(exercise),
        [`${program}.ts`]: texts[file]!,
      });
      const errors = (allErrors.get(file) ?? []).map((error) => ({
        ...error,
        place: error.place?.replace(name, program),
      }));
      const lines = resultLines(outcomes, errors);
      const top = lines.slice(0, FIRST).join("\n");
      // The exercise gives what is needed: other flags are never the answer.
      if (/--allow-/.test(lines.join("\n"))) failures.push(`${name}: a flag`);
      if (Deno.env.get("WORKBOOK_SLIPS")) console.log(`## ${name}\n${top}\n`);
      const missing = says.filter((words) =>
        typeof words === "string" ? !top.includes(words) : !words.test(top)
      );
      if (missing.length > 0) failures.push(`${name}: ${missing}\n${top}`);
    });
    assertEquals(failures.join("\n\n"), "");
  });
}

/**
 * Tries what an exercise requires. Where the first try shows that the program gets
 * nowhere, the others come out the same, as they do for `check`.
 */
async function tryAll(exercise: Exercise, files: Files): Promise<Outcome[]> {
  const [first, ...others] = inOrder(exercise).filter(({ extra }) => !extra);
  const tryOne = (requirement: Requirement) =>
    checkRequirement(exercise, requirement, {
      files,
      seed: 1,
      flags: denoFlags(),
      ...WAITS,
    });
  const outcomes = [await tryOne(first!)];
  const isDead = exercise.programs.length === 1 &&
    outcomes[0]!.finding?.isFatal;
  await pool(others.entries(), AT_ONCE, async ([index, requirement]) => {
    outcomes[index + 1] = isDead
      ? { ...outcomes[0]!, requirement }
      : await tryOne(requirement);
  });
  return outcomes;
}

/** The exercise's solution. */
async function solution({ name, programs }: Exercise): Promise<Files> {
  const files: Record<string, Uint8Array> = {};
  for (const program of programs) {
    const url = new URL(`../solutions/${name}/${program}.ts`, import.meta.url);
    files[`${program}.ts`] = await Deno.readFile(url);
  }
  return files;
}

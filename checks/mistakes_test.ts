/**
 * The lists of mistakes are right. That each fails what it breaks, the
 * `proof_test.ts` beside it shows.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Mistakes, mistakeText } from "../workbook/checking/mistake.ts";
import type { Exercise } from "../workbook/checking/requirement.ts";
import { stage } from "../workbook/checking/stage.ts";
import { denoFlags } from "../testing/deno_flags.ts";

const HERE = new URL("./", import.meta.url);

const folders = Array.from(Deno.readDirSync(HERE), ({ name }) => name)
  .filter((name) => /^\d\d_/.test(name)).sort();
const exercises: { exercise: Exercise; mistakes: Mistakes }[] = [];
for (const folder of folders) {
  const { exercise } = await import(`./${folder}/check.ts`);
  const { mistakes } = await import(`./${folder}/mistakes.ts`);
  exercises.push({ exercise, mistakes });
}

Deno.test("mistakes come out of the solutions, or are programs of their own, and all differ", async () => {
  for (const { exercise, mistakes } of exercises) {
    const texts: string[] = [];
    for (const [name, { edits, text }] of Object.entries(mistakes)) {
      const what = `${name} of ${exercise.name} has edits, or else a text`;
      assertEquals(edits === undefined, text !== undefined, what);
      texts.push(await mistakeText(exercise, { mistakes, name }));
    }
    assertEquals(
      new Set(texts).size,
      texts.length,
      `${exercise.name}: two mistakes are the same program`,
    );
  }
});

Deno.test("mistakes and stubs are right in themselves", async () => {
  const files: Record<string, Uint8Array> = {};
  const encoder = new TextEncoder();
  for (const { exercise, mistakes } of exercises) {
    const { name: folder, programs } = exercise;
    for (const program of programs) {
      const stub = new URL(`${folder}/stub/${program}.ts`, HERE);
      files[`${folder}/${program}.ts`] = await Deno.readFile(stub);
    }
    for (const name of Object.keys(mistakes)) {
      const text = await mistakeText(exercise, { mistakes, name });
      files[`${folder}/${name}.ts`] = encoder.encode(text);
    }
  }
  // All at once: most of a check of types is for the toolkit.
  await using staged = await stage("", files, denoFlags());
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...staged.flags, ...Object.keys(files)],
    cwd: staged.folder,
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});

Deno.test("mistakes break what their exercise asks for, in a program that it has", () => {
  for (
    const { exercise: { name, programs, requirements }, mistakes } of exercises
  ) {
    const ids = requirements.map(({ id }) => id);
    for (const [mistake, { breaks, program }] of Object.entries(mistakes)) {
      const what = `${mistake} of ${name}`;
      assert(
        ids.includes(breaks),
        `${what} breaks ${breaks}, which isn't asked`,
      );
      if (programs.length === 1) assertEquals(program, undefined, what);
      else assert(programs.includes(program ?? ""), `${what}: ${program}`);
    }
  }
});

Deno.test("the exercises have 111 mistakes or more, and each has four", () => {
  const counts = exercises.map(({ mistakes }) => Object.keys(mistakes).length);
  assert(Math.min(...counts) >= 4, counts.join());
  assert(counts.reduce((sum, count) => sum + count) >= 111, counts.join());
});

/**
 * Solutions run with the least permissions, and exercises' pages give a student's
 * program the same ones. That a solution runs with those in its header,
 * `proof_test.ts` of each exercise shows.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { startProcess } from "../../testing/processes.ts";
import { listExercises } from "./exercises.ts";
import type { Exercise } from "../checking/requirement.ts";
import { stage } from "../checking/stage.ts";
import { inProject } from "../launcher/modules.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import {
  findNeedless,
  omissions,
  permissionsIn,
} from "../../testing/project/permissions.ts";
import { test } from "../../testing/test.ts";

/** A program that a student writes. */
interface ExerciseProgram {
  exercise: Exercise;
  program: string;
  /** Its solution. */
  solution: string;
  /** The permissions with which the exercise's pages run it. */
  onPages: string[][];
}

async function exercisePrograms(): Promise<ExerciseProgram[]> {
  return (await listExercises()).flatMap((exercise) => {
    const folder = inProject(`exercises/${exercise.name}`);
    const pages = Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => name.endsWith(".md"))
      .map((name) => Deno.readTextFileSync(`${folder}/${name}`)).join("\n");
    return exercise.programs.map((program) => {
      const place = `${exercise.name}/${program}.ts`;
      return {
        exercise,
        program,
        solution: inProject(`solutions/${place}`),
        onPages: pages.split("\n")
          .filter((line) =>
            line.includes("deno run") && line.includes(`exercises/${place}`)
          )
          .map((line) =>
            line.split(" ").filter((word) => word.startsWith("--allow-"))
          ),
      };
    });
  });
}

test.broker("solutions have no permission that they can do without", async (broker) => {
  const trials = (await exercisePrograms()).map(({ exercise, solution }) => ({
    name: `Solution ${solution}`,
    module: solution,
    flags: permissionsIn(solution),
    omissions: omissions(permissionsIn(solution)),
    args: exercise.name === "09_last_will" ? ["lamp"] : [],
    variables: { MQTT_URL: broker.url },
  }));
  assertEquals(await findNeedless(trials), []);
});

Deno.test("exercises' pages give a program what its solution has, and the stub runs with it", async () => {
  for (const { exercise, ...rest } of await exercisePrograms()) {
    const { program, solution, onPages } = rest;
    const file = `${program}.ts`;
    const stub = inProject(`checks/${exercise.name}/stub/${file}`);
    await using staged = await stage(exercise.name, {
      [file]: await Deno.readFile(stub),
    }, denoFlags());
    assert(
      onPages.length > 0,
      `exercises/${exercise.name}/README.md must say how one runs ${file}, ` +
        `by a line "deno run … exercises/${exercise.name}/${file}"`,
    );
    for (const permissions of onPages) {
      // A page may leave a choice, and then has a value more than the solution.
      const asInSolution = permissions.map((flag) =>
        permissionsIn(solution).find((own) => flag.startsWith(`${own},`)) ??
          flag
      );
      assertEquals(asInSolution, permissionsIn(solution), exercise.name);
    }
    const run = [...staged.flags, "--no-prompt", ...onPages[0]!];
    await using process = startProcess(
      Deno.execPath(),
      ["run", ...run, `${staged.folder}/${file}`],
      { MQTT_URL: "info:s3cret@broker.lan" },
    );
    const { code, stderr } = await process.end();
    assertEquals(code, 0, `${exercise.name}/${file}: ${stderr}`);
    // It shows nothing of a password, either.
    assertEquals(
      stderr,
      "Nothing to do yet: begin with TODO 1 in " +
        `exercises/${exercise.name}/${file}\n`,
    );
  }
});

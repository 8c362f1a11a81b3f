import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  copyExercises,
  type ExerciseProject,
} from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";
import { inProject } from "../launcher/modules.ts";

const EXERCISE = "exercises/01_presence";
const SOLUTION = await readSource("solutions/01_presence/main.ts");
const STUB = await readSource("checks/01_presence/stub/main.ts");

function readSource(path: string): Promise<string> {
  return Deno.readTextFile(inProject(path));
}

/** Keeps a processor busy for a while, and then hangs without one. */
const HANG = "const end = Date.now() + 500; while (Date.now() < end) ;" +
  "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";

/** Puts programs of exercise 01 into submissions, by their names. */
async function submit(
  project: ExerciseProject,
  programs: Record<string, string>,
): Promise<void> {
  for (const [name, text] of Object.entries(programs)) {
    await project.write(`.workbook/class/${name}/${EXERCISE}/main.ts`, text);
  }
}

const CLASS = ["--each", ".workbook/class"];

test.exercise("grade gives each submission its own points, whatever others do", async (project) => {
  await submit(project, {
    crash: 'throw new Error("Mine");',
    flood: 'for (;;) console.log("flood");',
    hang: HANG,
    mistake: SOLUTION.replace("Reçu: ", ""),
    solved: SOLUTION,
    stub: STUB,
    thief: `import text from "file:///etc/passwd" with { type: "text" };
      console.log(text);`,
  });
  await project.write(".workbook/class/empty/notes.txt", "");
  const { code, output, errors } = await project.task(
    "grade",
    ...CLASS,
    "--format",
    "json",
    "--seed",
    "9",
    "--jobs",
    "3",
  );
  assertEquals(code, 0, errors);
  const { seed, submissions } = JSON.parse(output);
  assertEquals(seed, 9);
  assertEquals(
    // deno-lint-ignore no-explicit-any
    submissions.map(({ name, required, extra, exercises: [first] }: any) =>
      `${name} ${required}+${extra} ${first.state}`
    ),
    [
      "crash 0+0 checked",
      "empty 0+0 not started",
      "flood 0+0 checked",
      "hang 0+0 checked",
      "mistake 1+1 checked",
      "solved 3+1 checked",
      "stub 0+0 not started",
      "thief 0+0 refused",
    ],
  );
  assertStringIncludes(errors, "Seed: 9\n");
  assertStringIncludes(errors, "solved: required 3 of 3, extra 1 of 1\n");
  assertStringIncludes(
    errors,
    `empty: no programs in a folder such as ${EXERCISE}\n`,
  );
  assertEquals(errors.match(/^\[\d\/8\] /gm)?.length, 8);
});

test.exercise("grade shows the workbook's own exercises, and writes nothing", async (project) => {
  const before = await project.files();
  const untouched = await project.task("grade");
  assertEquals(untouched.code, 0);
  assertStringIncludes(untouched.output, "  not started: as it was\n");
  await project.solve();
  const { code, output } = await project.task("grade");
  assertEquals(code, 0);
  assertStringIncludes(output, "3/3     1/1\n  ✓ The program publishes");
  await project.write(`${EXERCISE}/main.ts`, STUB);
  assertEquals(await project.files(), before);
});

test.exercise("grade writes its report to a file, as a whole", async (project) => {
  await submit(project, { anna: SOLUTION, ben: STUB });
  const { code, output } = await project.task(
    "grade",
    "--dir",
    ".workbook/class/anna",
    "--dir",
    ".workbook/class/ben",
    "--format",
    "csv",
    "--out",
    ".workbook/grades.csv",
  );
  assertEquals([code, output], [0, ""]);
  const rows = (await project.read(".workbook/grades.csv")).split("\r\n");
  assertEquals(rows.slice(0, 2), [
    "submission,exercise,requirement,part,state,points",
    "anna,01_presence,announces,required,passed,1",
  ]);
  assertEquals(rows[5], "ben,01_presence,announces,required,not started,0");
  const others = Array.from(
    Deno.readDirSync(`${project.folder}/.workbook`),
    ({ name }) => name,
  );
  assertEquals(others.sort(), ["class", "grades.csv"]);
});

test.paho("grade runs other languages, and says that nothing confines them", async ({ paho }) => {
  await using project = await copyExercises();
  const python = await readSource("checks/01_presence/python/main.py");
  await project.write(`.workbook/class/anna/${EXERCISE}/main.py`, python);
  await submit(project, { ben: SOLUTION });
  const { code, output, errors } = await project.task(
    "grade",
    ...CLASS,
    "--command",
    `${paho} {program}.py`,
  );
  assertEquals(code, 0);
  assertStringIncludes(errors, "These programs aren't confined");
  assertStringIncludes(output, "\nanna       3+1 ");
  assertStringIncludes(output, "\nben          - ");
});

test.unix("grade ends on Ctrl-C, with all that it started, and writes nothing", async () => {
  await using project = await copyExercises();
  await submit(project, { stub: STUB, zombie: "for (;;) ;" });
  await using grade = project.start([
    "task",
    "--quiet",
    "grade",
    ...CLASS,
    "--out",
    ".workbook/grades",
  ], { variables: { WORKBOOK_STD: "npm" } });
  await grade.untilLogged("stub:");
  const { code, stderr } = await grade.stop("SIGINT");
  assertEquals(code, 130, stderr);
  assert(!stderr.includes("zombie:"));
  const files = [...(await project.files()).keys()];
  assert(!files.some((file) => file.includes("grades")));
});

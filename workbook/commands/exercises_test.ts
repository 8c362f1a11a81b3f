import { assertEquals } from "@std/assert";
import { WORK } from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";

const CHECK = `export const exercise = {
  name: "03_chat",
  programs: ["one", "two"],
  requirements: [],
};`;

test.exercise("exercises lists state, number, name, minutes and title", async (project) => {
  for (const file of ["one.ts", "two.ts"]) {
    await project.write(`exercises/03_chat/${file}`, "// Stub\n");
    await project.write(`checks/03_chat/stub/${file}`, "// Stub\n");
  }
  await project.write("checks/03_chat/check.ts", CHECK);
  await project.write(
    "exercises/03_chat/README.md",
    "# Exercise 03: A chat\n",
  );
  // Folders that a student has made are no exercises.
  await project.write("exercises/99_mine/main.ts", "");
  const list = async () => (await project.task("exercises")).output;

  assertEquals(
    await list(),
    "not started  01  presence  30 min  Presence\n" +
      "not started  03  chat       ? min  A chat\n",
  );
  await project.write(WORK, "// Begun");
  await project.write("exercises/03_chat/two.ts", "// Begun");
  assertEquals(
    await list(),
    "started      01  presence  30 min  Presence\n" +
      "started      03  chat       ? min  A chat\n",
  );
  // A broken file is as good as none, and names of other exercises do no harm.
  for (const text of ["{", "null", '{ "solved": "x" }']) {
    await project.write(".workbook/progress.json", text);
    assertEquals((await list()).startsWith("started  "), true, text);
  }
  await project.write(
    ".workbook/progress.json",
    '{ "solved": ["03_chat", "12_gone", 5] }',
  );
  assertEquals(
    await list(),
    "started      01  presence  30 min  Presence\n" +
      "solved       03  chat       ? min  A chat\n",
  );
});

test.exercise("commands say in a line what an exercise lacks", async (project) => {
  const lacks = async (path: string, message: string, ...args: string[]) => {
    await Deno.remove(`${project.folder}/${path}`, { recursive: true });
    const { code, errors } = await project.task(...args);
    assertEquals({ code, errors }, { code: 1, errors: `${message}\n` });
  };
  const solution = "solutions/01_presence/main.ts";
  const noSolution = `"${solution}" is missing: exercise 01 has no solution`;
  await lacks(solution, noSolution, "solution", "01", "--yes");
  const copy = ["copy", "solution:01", `${project.folder}_copy`, "--yes"];
  await lacks("solutions", noSolution, ...copy);
  const hints = "exercises/01_presence/hints.md";
  await lacks(hints, "Exercise 01 has no hints", "hint", "01");
  const stub = "checks/01_presence/stub/main.ts";
  const noStub = `"${stub}" is missing: exercise 01 has no stub`;
  await lacks(stub, noStub, "reset", "01");
  const checks = "checks/01_presence/check.ts";
  const noChecks = `"${checks}" is missing: each exercise has one`;
  await lacks(checks, noChecks, "check", "01");
});

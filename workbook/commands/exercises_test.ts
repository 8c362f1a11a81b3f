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
  for (const text of ["{", "null", '{ "solved": "x", "hints": null }']) {
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

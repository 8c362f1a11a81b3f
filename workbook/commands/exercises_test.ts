import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
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

test.exercise("hint shows the hint that is asked for, the first unless one is, and notes nothing", async (project) => {
  const page = await project.read("exercises/01_presence/hints.md");
  const [, ...texts] = page.split(/## Hint \d\r?\n/).map((text) => text.trim());
  const before = await project.files();
  const calls: [string[], number, string][] = [
    [["01"], 1, "The next one: deno task hint 01 2\n"],
    [["presence", "2"], 2, "The next one: deno task hint 01 3\n"],
    [["1", "3"], 3, "The solution: deno task solution 01\n"],
  ];
  for (const [args, number, next] of calls) {
    const { code, output, errors } = await project.task("hint", ...args);
    assertEquals({ code, errors }, { code: 0, errors: "" });
    assert(output.startsWith(`Hint ${number} of 3\n\n${texts[number - 1]}\n`));
    assert(output.endsWith(next), output);
    for (const [index, text] of texts.entries()) {
      assertEquals(output.includes(text), index === number - 1);
    }
  }
  assertEquals(await project.files(), before);
});

test.exercise("hint says which exercises and which hints there are", async (project) => {
  const calls: [string[], string][] = [
    [[], "An exercise's number or name is missing: there are 01_presence\n"],
    [["01", "4"], 'Hint "4" of exercise 01 is unknown: it must be 1 to 3\n'],
    [["01", "x"], 'Hint "x" of exercise 01 is unknown: it must be 1 to 3\n'],
  ];
  for (const [args, expected] of calls) {
    const { code, errors } = await project.task("hint", ...args);
    assertEquals({ code, errors }, { code: 2, errors: expected });
  }
});

test.exercise("solution is shown with --yes, or once the exercise is solved", async (project) => {
  const asked = await project.task("solution", "01");
  assertEquals(asked, {
    ...asked,
    code: 2,
    output: "",
    errors: "Exercise 01 isn't solved yet: without a terminal to ask on, " +
      '"deno task solution 01 --yes" shows its solution\n',
  });
  const text = await project.read("solutions/01_presence/main.ts");
  const expected = `// solutions/01_presence/main.ts\n\n${text}`;
  const sure = await project.task("solution", "01", "--yes");
  assertEquals(sure, { ...sure, code: 0, output: expected, errors: "" });

  await project.write(
    ".workbook/progress.json",
    '{ "solved": ["01_presence"] }',
  );
  const solved = await project.task("solution", "01");
  assertEquals(solved, { ...solved, code: 0, output: expected, errors: "" });
});

const STUB = "checks/01_presence/stub/main.ts";

test.exercise("reset puts the stub back, and keeps the work where it says", async (project) => {
  const stub = await project.read(STUB);
  const backups: string[] = [];
  for (const work of ["// First\r\n", "// Second"]) {
    await project.write(WORK, work);
    await project.write(
      ".workbook/progress.json",
      '{ "solved": ["01_presence", "x"] }',
    );
    const { code, output, errors } = await project.task("reset", "01");
    assertEquals({ code, errors }, { code: 0, errors: "" });
    assertEquals(await project.read(WORK), stub);
    const [, folder = ""] = / Your work is in (.+)\n/.exec(output) ?? [];
    backups.push(await Deno.readTextFile(`${folder}/main.ts`));
    assertEquals(JSON.parse(await project.read(".workbook/progress.json")), {
      solved: ["x"],
    });
  }
  assertEquals(backups, ["// First\r\n", "// Second"]);
  const { output } = await project.task("exercises");
  assertEquals(output, "not started  01  presence  30 min  Presence\n");
});

test.exercise("reset does nothing if the exercise is untouched, whatever ends its lines", async (project) => {
  const stub = await project.read(STUB);
  await project.write(WORK, stub.replaceAll("\n", "\r\n"));
  const before = await project.files();
  const { code, output } = await project.task("reset", "01");
  assertEquals({ code, output }, {
    code: 0,
    output: "Exercise 01 is as it began: nothing to do\n",
  });
  assertEquals(await project.files(), before);
});

test.exercise("reset brings a file back that is missing, and its folder", async (project) => {
  for (const path of [WORK, dirname(WORK)]) {
    await Deno.remove(`${project.folder}/${path}`, { recursive: true });
    assertEquals((await project.task("reset", "01")).code, 0);
    assertEquals(await project.read(WORK), await project.read(STUB));
  }
});

test.exercise("reset changes nothing if the work can't be copied", async (project) => {
  await project.write(WORK, "// All of my work");
  await project.write(".workbook/backups", "A file where a folder should be");
  const before = await project.files();
  const { code, errors } = await project.task("reset", "01");
  assertEquals(code, 1);
  assertMatch(errors, /^.+\n$/);
  assertEquals(await project.files(), before);
});

test.exercise("reset loses nothing if the stub can't be copied", async (project) => {
  await project.write(WORK, "// All of my work");
  await Deno.remove(`${project.folder}/${STUB}`);
  const { code } = await project.task("reset", "01");
  assertEquals(code, 1);
  assertEquals(await project.read(WORK), "// All of my work");
  const files = await project.files();
  assert(![...files.keys()].some((file) => file.includes("main.ts.")));
});

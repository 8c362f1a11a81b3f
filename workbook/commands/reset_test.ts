import { dirname } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { WORK } from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";

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

import { assertEquals } from "@std/assert";
import { test } from "../../testing/test_programs.ts";

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

import { assert, assertEquals } from "@std/assert";
import { test } from "../../testing/test_programs.ts";

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

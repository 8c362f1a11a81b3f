import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../testing/test_programs.ts";

test.exercise("hint shows one hint at a time, from the first", async (project) => {
  const hint = async (...args: string[]) => {
    const { code, output, errors } = await project.task("hint", ...args);
    assertEquals({ code, errors }, { code: 0, errors: "" });
    return output;
  };
  const page = await project.read("exercises/01_presence/hints.md");
  const [, ...texts] = page.split(/## Hint \d\r?\n/).map((text) => text.trim());
  const calls: [string[], number][] = [
    [["01", "--more"], 1],
    [["presence", "--more"], 2],
    [["01"], 1],
    [["1", "--more"], 2],
    [["01", "--more"], 3],
  ];
  for (const [args, number] of calls) {
    const output = await hint(...args);
    assert(
      output.startsWith(`Hint ${number} of 3\n\n${texts[number - 1]}\n`),
    );
    for (const [index, text] of texts.entries()) {
      assertEquals(output.includes(text), index === number - 1);
    }
  }
  assertStringIncludes(
    await hint("01", "--more"),
    "Exercise 01 has no more hints",
  );
  assertStringIncludes(await hint("01"), "Hint 1 of 3");
});

test.exercise("hint says which exercises there are if none is named", async (project) => {
  const { code, errors } = await project.task("hint");
  assertEquals({ code, errors }, {
    code: 2,
    errors: "An exercise's number or name is missing: there are 01_presence\n",
  });
});

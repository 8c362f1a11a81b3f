import { assertEquals, assertStringIncludes } from "@std/assert";
import { WORK } from "../../testing/project/exercises.ts";
import { startRegistry } from "../../testing/project/registry.ts";
import { test } from "../../testing/test_programs.ts";

test.exercise("deno test checks the exercises and nothing else, without JSR", async (project) => {
  await using registry = startRegistry("silent");
  const jsrUrl = registry.url;
  const before = await project.files();
  const { code, output, errors } = await project.run(["test"], { jsrUrl });
  assertEquals(code, 0, errors);
  assertStringIncludes(output, "01_presence: not started yet ... ignored");
  assertStringIncludes(output, "ok | 0 passed | 0 failed | 1 ignored");
  assertEquals(output.match(/^running /gm)?.length, 1, output);
  assertEquals(registry.requests, []);
  assertEquals(await project.files(), before);
});

test.exercise("deno test says in a sentence what a started exercise needs", async (project) => {
  await using registry = startRegistry("silent");
  await project.write(WORK, "// Begun");
  const { code, output } = await project.run(["test"], {
    jsrUrl: registry.url,
  });
  assertEquals(code, 1);
  const sentence = "The checks of 01_presence start your program: run them " +
    'with "deno test -A" or "deno task check 01"';
  // Each failure is told with its details, and the summary only names it.
  assertEquals(output.split(sentence).length - 1, 4, output);
  assertEquals(registry.requests, []);
});

test.exercise("deno test -A runs a started exercise for real", async (project) => {
  await using registry = startRegistry("silent");
  const test = () => project.run(["test", "-A"], { jsrUrl: registry.url });
  await project.solve();
  const solved = await test();
  assertStringIncludes(solved.output, "ok | 4 passed | 0 failed");
  await project.write(
    WORK,
    (await project.read(WORK)).replace("connecté", "connecte"),
  );
  const broken = await test();
  assertEquals(broken.code, 1);
  assertStringIncludes(broken.output, "The last letter is é.");
  assertEquals(registry.requests, []);
});

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCommand } from "../../testing/project/commands.ts";

Deno.test("test:fuzz finds nothing in some thousand inputs, and says what it has seen", async () => {
  const { code, stdout, stderr } = await runCommand("test:fuzz", [
    ...["--seed", "1", "--inputs", "2000"],
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^Seed 1, inputs 0 to 1999$/m);
  assertMatch(
    stdout,
    /^2000 inputs, \d{3,4} with a CONNECT that was accepted/m,
  );
  assertMatch(stdout, /^ +memory \d+\.\d MB; \d+\.\d MB after the warm-up/m);
  const [, sent, received] = /beside: (\d+) sent, (\d+) received, worst/
    .exec(stdout)!;
  assertEquals(sent, received);
  assertMatch(stdout, /^Nothing found in \d+ s$/m);
});

Deno.test("test:fuzz plays one input alone", async () => {
  const { code, stdout } = await runCommand("test:fuzz", [
    ...["--seed", "2", "--only", "17"],
  ]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "inputs 17 to 17\n1 inputs, ");
});

import { assert, assertStringIncludes } from "@std/assert";
import { runCommand, startCommand } from "../../testing/project/commands.ts";

const NONE = { WORKBOOK_LOCAL_BROKER: "127.0.0.1:1" };
const HINT =
  "No broker at 127.0.0.1:1 yet: deno task broker, in another terminal, starts one\n";

Deno.test("tellMissingBroker() says how to start a broker where a command waits for one", async () => {
  for (const [name, ...args] of [["pub", "-t", "x", "-l"], ["sensors"]]) {
    await using command = startCommand(name!, args, NONE);
    await command.untilLogged(HINT);
  }
});

Deno.test("tellMissingBroker() says nothing where a broker is named", async () => {
  const { stderr } = await runCommand(
    "sub",
    ["-h", "127.0.0.1:1", "-t", "x", "-W", "2"],
    NONE,
  );
  assertStringIncludes(stderr, "can't be reached");
  assert(!stderr.includes("deno task broker"), stderr);
});

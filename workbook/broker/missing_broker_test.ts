import { assert, assertEquals } from "@std/assert";
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

Deno.test("tellMissingBroker() says nothing where a broker is named, or a user", async () => {
  const named = [
    ["-h", "127.0.0.1:1"],
    ["-p", "1"],
    ["-L", "mqtt://127.0.0.1:1/x"],
    ["-u", "ann"],
    ["--username", "ann"],
    ["--url=mqtt://127.0.0.1:1/x"],
  ];
  const ends = named.map((flags) =>
    runCommand("sub", [...flags, "-t", "x", "-W", "2"], NONE)
  );
  for (const { code, stderr } of await Promise.all(ends)) {
    assertEquals(code, 27, stderr);
    assert(!stderr.includes("deno task broker"), stderr);
  }
});

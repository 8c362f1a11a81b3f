import { assert, assertEquals, assertMatch } from "@std/assert";
import { startProcess } from "../../testing/processes.ts";
import { COMMANDS } from "../launcher/commands.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { test } from "../../testing/test_programs.ts";

const SMALL = ["--clients", "50", "--seconds", "2", "--seed", "3"];

Deno.test("test:load delivers all that is acknowledged, also to who was cut", async () => {
  const { code, stdout, stderr } = await runCommand("test:load", SMALL);
  assertEquals(code, 0, stderr);
  const [size, sent, delivered, cut, delay] = stdout.split("\n");
  assertEquals(size, "50 clients, 2 s, seed 3");
  assertEquals(sent, "Sent 100, acknowledged 100");
  assertMatch(delivered!, /^Delivered 200 of 200, \d+ repeated$/);
  assertEquals(
    cut,
    "Cut 10 at once: 10 came back, 6 of 6 subscribed again",
  );
  assertMatch(delay!, /^Delay: median \d+\.\d ms, p99 \d+\.\d ms /);
});

Deno.test({
  name: "test:load --start prints what start holds",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const args = ["--start", "--minutes", "0.05"];
    const { code, stdout, stderr } = await runCommand("test:load", args);
    assertEquals(code, 0, stderr);
    const [live, memory, sockets] = stdout.split("\n");
    const range = (unit: string) =>
      ["first", "least", "most", "last"]
        .map((name) => `${name} \\d+(\\.\\d)?${unit}`).join(", ");
    assertMatch(live!, /^Live memory .*: first \d+\.\d MB, last \d+\.\d MB$/);
    assertMatch(memory!, new RegExp(`^Memory \\(VmRSS\\): ${range(" MB")}$`));
    // The broker's listener, and both ends of its two connections, at least.
    assertMatch(sockets!, new RegExp(`^Open sockets: ${range("")}$`));
    const [open = 0] = (sockets!.match(/\d+/g) ?? []).map(Number);
    assert(open >= 5, sockets);
  },
});

test.unix("test:load says how to allow more open files", async () => {
  const [step] = COMMANDS["test:load"]!.steps([]);
  await using process = startProcess("sh", [
    ...["-c", 'ulimit -n 300; exec "$0" "$@"'],
    ...[Deno.execPath(), "run", ...denoFlags(), ...step!.args],
  ]);
  const { code, stderr } = await process.end();
  assertEquals({ code, stderr }, {
    code: 1,
    stderr:
      'Only 300 files may be open at once, and 1064 are needed: run "ulimit -n 1064" first\n',
  });
});

test.unix("test:load ends on SIGTERM, and all that it has started", async () => {
  const args = ["--clients", "20", "--seconds", "60"];
  await using command = startCommand("test:load", args);
  await command.untilLogged("are connected to mqtt://");
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(command.logged()) ?? [];
  assertEquals((await command.stop()).code, 130);
  const options = { hostname: "127.0.0.1", port: Number(port) };
  const outcome = await Deno.connect(options).then(
    (connection) => connection.close(),
    (error: Error) => error.name,
  );
  assertEquals(outcome, "ConnectionRefused");
});

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startProcess } from "../../testing/processes.ts";
import { COMMANDS } from "../launcher/commands.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { test } from "../../testing/test_programs.ts";
import { PROTOCOLS } from "../../testing/clients/clients.ts";

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

for (const [protocol, name] of PROTOCOLS) {
  test.mosquitto(`test:faults holds in ${name}, and prints its seed, messages, faults and verdict`, async () => {
    const args = [
      "--seed",
      "3",
      "--minutes",
      "0.02",
      "--protocol",
      `${protocol}`,
    ];
    const { code, stdout } = await runCommand("test:faults", args);
    const [head, messages, faults, ...rest] = stdout.trim().split("\n");
    assertEquals(rest, ["All is closed", "It holds"]);
    assertEquals(code, 0);
    assertEquals(head, `Seed 3, 0.02 minutes, mosquitto broker, ${name}`);
    assertStringIncludes(messages!, " published (");
    assertStringIncludes(faults!, "forgetful broker 1");
  });
}

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

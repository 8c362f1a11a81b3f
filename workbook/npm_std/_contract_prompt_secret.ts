import { ok, strictEqual } from "node:assert/strict";
import { type Process, startTerminal } from "../../testing/processes.ts";

/** A program that asks for a secret and prints what it got. */
const PROGRAM = `
import { promptSecret } from "${import.meta.resolve("@std/cli/prompt-secret")}";
const secret = promptSecret("Password:", JSON.parse(Deno.env.get("OPTIONS")));
console.log("got", JSON.stringify(secret));
`;

Deno.test("promptSecret() returns null where nobody can type", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", PROGRAM],
    env: { OPTIONS: "{}" },
    stdin: "null",
  }).output();
  strictEqual(new TextDecoder().decode(stdout), "got null\n");
});

terminalTest("promptSecret() shows a mask instead of the secret", async () => {
  await using terminal = openTerminal({});
  await terminal.untilPrinted("Password: ");
  // From its first mask on, the terminal is known not to echo.
  await terminal.write("s");
  await terminal.untilPrinted("Password: *");
  await terminal.write("3cx\x7fret\r");
  await terminal.untilPrinted('got "s3cret"');
  ok(!terminal.printed().includes("3cx"));
  ok(terminal.printed().includes("Password: ******"));
});

terminalTest("promptSecret() can show nothing and wipe its line", async () => {
  await using terminal = openTerminal({ mask: "", clear: true });
  await terminal.untilPrinted("Password: ");
  await terminal.write("pä\r");
  await terminal.untilPrinted('got "pä"');
  ok(!terminal.printed().includes("*"));
  ok(terminal.printed().includes("\r\x1b[Kgot"));
});

/** A test that types on a pseudo-terminal, which util-linux's `script` makes. */
function terminalTest(name: string, run: () => Promise<void>): void {
  const ignore = Deno.build.os !== "linux";
  const reason = ignore ? " (needs Linux's script)" : "";
  Deno.test({ name: name + reason, ignore, fn: run });
}

function openTerminal(options: { mask?: string; clear?: boolean }): Process {
  return startTerminal("script", '"$DENO" eval --no-config "$PROGRAM"', {
    DENO: Deno.execPath(),
    PROGRAM,
    OPTIONS: JSON.stringify(options),
  });
}

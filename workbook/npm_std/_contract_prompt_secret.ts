import { ok, strictEqual } from "node:assert/strict";
import { within } from "../../lib/testing/deadline.ts";

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
  await terminal.shows("Password: ");
  // From its first mask on, the terminal is known not to echo.
  await terminal.type("s");
  await terminal.shows("Password: *");
  await terminal.type("3cx\x7fret\r");
  await terminal.shows('got "s3cret"');
  ok(!terminal.output().includes("3cx"));
  ok(terminal.output().includes("Password: ******"));
});

terminalTest("promptSecret() can show nothing and wipe its line", async () => {
  await using terminal = openTerminal({ mask: "", clear: true });
  await terminal.shows("Password: ");
  await terminal.type("pä\r");
  await terminal.shows('got "pä"');
  ok(!terminal.output().includes("*"));
  ok(terminal.output().includes("\r\x1b[Kgot"));
});

/** A test that types on a pseudo-terminal, which util-linux's `script` makes. */
function terminalTest(name: string, run: () => Promise<void>): void {
  const ignore = Deno.build.os !== "linux";
  const reason = ignore ? " (needs Linux's script)" : "";
  Deno.test({ name: name + reason, ignore, fn: run });
}

interface Terminal extends AsyncDisposable {
  output: () => string;
  shows: (text: string) => Promise<void>;
  type: (text: string) => Promise<void>;
}

function openTerminal(options: { mask?: string; clear?: boolean }): Terminal {
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--command",
      '"$DENO" eval --no-config "$PROGRAM"',
      "/dev/null",
    ],
    env: {
      DENO: Deno.execPath(),
      PROGRAM,
      OPTIONS: JSON.stringify(options),
      NO_COLOR: "1",
    },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let output = "";
  const shows = async (text: string) => {
    while (!output.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`"${text}" was not shown, but "${output}"`);
      output += value;
    }
  };
  return {
    output: () => output,
    shows: (text) => within(`"${text}" to be shown`, shows(text)),
    type: (text) => writer.write(new TextEncoder().encode(text)),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await within("the terminal to close", child.status);
    },
  };
}

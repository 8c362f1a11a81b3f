import { assertEquals } from "@std/assert";
import { countKeys } from "./press_sources.ts";
import { type Process, startTerminal } from "../../testing/processes.ts";
import { times } from "../../testing/test.ts";
import { test } from "../../testing/peer_tests.ts";

/** Counts the presses in texts that come at some times, in milliseconds. */
async function sumKeys(
  texts: readonly (readonly [time: number, text: string])[],
): Promise<number> {
  let now = 0;
  async function* chunks() {
    for (const [time, text] of texts) {
      now = time;
      yield await Promise.resolve(new TextEncoder().encode(text));
    }
  }
  let total = 0;
  for await (const count of countKeys(chunks(), () => now)) total += count;
  return total;
}

/** A key that is held from 0 ms, as a terminal repeats it. */
const HELD = [0, 660, ...times(100, (n) => 690 + n * 30)];

const PRESSES = [
  ["one press that is held", HELD, 1],
  ["a press after one that is held", [...HELD, 3_660 + 700], 2],
  ["presses 699 ms apart as repeats", [0, 699, 1_398], 1],
  ["presses 700 ms apart", [0, 700, 1_400], 3],
] as const;
for (const [name, times, expected] of PRESSES) {
  Deno.test(`countKeys() counts ${name}`, async () => {
    const texts = times.map((time) => [time, " "] as const);
    assertEquals(await sumKeys(texts), expected);
  });
}

Deno.test("countKeys() counts space and Enter, and no other key", async () => {
  const texts = ["a", " ", "é", "\r", "\x1b[A", "\n", "\t"];
  const timed = texts.map((text, index) => [index * 1_000, text] as const);
  assertEquals(await sumKeys(timed), 3);
});

for (const [name, key] of [["Ctrl-C", "\x03"], ["Ctrl-D", "\x04"]] as const) {
  Deno.test(`countKeys() ends at ${name}`, async () => {
    const texts = [[0, " "], [1_000, key], [2_000, " "]] as const;
    assertEquals(await sumKeys(texts), 1);
  });
}

/** A program that prints its presses, and does more before and after the loop. */
const BUTTON = new URL("../button.ts", import.meta.url).href;
const program = ({ before = "", after = "" } = {}) => `
  import { Button } from "${BUTTON}";
  await using button = await Button.open();
  console.log("ready");
  ${before}
  for await (const press of button) console.log("press " + press);
  console.log("over");
  ${after}
`;

const RUN = ["run", "--quiet", "--no-lock", "--no-prompt", "--allow-env"];

/** Runs a program in a terminal of its own, between two looks at its settings. */
async function startInTerminal(
  script: string,
  source: string,
): Promise<Process> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, source);
  const run = [Deno.execPath(), ...RUN, file].join(" ");
  // The shell must outlive Ctrl-C to tell how the program left the terminal, and
  // Ctrl-C must not make the terminal forget what was printed (noflsh).
  const command =
    `trap : INT; stty noflsh; stty -g; ${run}; echo "code $?"; stty -g`;
  const process = startTerminal(script, command, { BUTTON: "" });
  return {
    ...process,
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await Deno.remove(file);
    },
  };
}

/** The lines that a terminal shows, without its settings before and after. */
async function linesOf(terminal: Process): Promise<string[]> {
  // The end of its input is Ctrl-D, which must not overtake Ctrl-C.
  await terminal.untilPrinted("code ");
  const { stdout } = await terminal.end();
  const [before, ...lines] = stdout.trimEnd().split(/\r?\n/);
  const after = lines.pop();
  assertEquals(after, before, "The terminal is not as it was");
  return lines;
}

test.script("Button in a terminal takes space and Enter, and ends at Ctrl-C", async ({ script }) => {
  await using terminal = await startInTerminal(script, program());
  await terminal.untilPrinted("ready");
  await terminal.write("   ");
  await terminal.untilPrinted("press 1");
  // Longer than a key may take to repeat: nothing else tells two presses apart.
  await new Promise((resolve) => setTimeout(resolve, 750));
  await terminal.write("x\r");
  await terminal.untilPrinted("press 2");
  await terminal.write("\x03");
  assertEquals(await linesOf(terminal), [
    "ready",
    "press 1",
    "press 2",
    "over",
    "code 0",
  ]);
});

test.script("Button in a terminal ends at Ctrl-D", async ({ script }) => {
  await using terminal = await startInTerminal(script, program());
  await terminal.untilPrinted("ready");
  await terminal.write("\x04");
  assertEquals(await linesOf(terminal), ["ready", "over", "code 0"]);
});

test.script("Button in a terminal lets Ctrl-C stop the rest of the program, too", async ({ script }) => {
  const before = `
      await new Promise((stop) => Deno.addSignalListener("SIGINT", stop));
      console.log("stopped");
    `;
  await using terminal = await startInTerminal(script, program({ before }));
  await terminal.untilPrinted("ready");
  await terminal.write("\x03");
  const lines = await linesOf(terminal);
  assertEquals(lines, ["ready", "stopped", "over", "code 0"]);
});

test.script("Button gives a terminal back when the loop ends, not only with the program", async ({ script }) => {
  const after = `
      console.log("pid " + Deno.pid + ".");
      setInterval(() => {}, 1_000);
      await new Promise(() => {});
    `;
  await using terminal = await startInTerminal(script, program({ after }));
  await terminal.untilPrinted("ready");
  await terminal.write("\x03");
  await terminal.untilPrinted(".");
  const [, pid] = /pid (\d+)\./.exec(terminal.printed())!;
  Deno.kill(Number(pid), "SIGKILL");
  assertEquals((await linesOf(terminal)).includes("code 137"), true);
});

const FAILURES = [
  ["an error that is thrown", 'throw new Error("On purpose");', 1],
  ["Deno.exit()", "Deno.exit(3);", 3],
] as const;
for (const [name, failure, code] of FAILURES) {
  test.script(`Button leaves a terminal as it was after ${name}`, async ({ script }) => {
    await using terminal = await startInTerminal(
      script,
      program({ before: failure }),
    );
    await terminal.untilPrinted("ready");
    const lines = await linesOf(terminal);
    assertEquals(lines.at(-1), `code ${code}`);
  });
}

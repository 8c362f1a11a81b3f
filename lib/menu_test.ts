import { assertEquals } from "@std/assert";
import { Menu, type MenuOptions } from "./menu.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startProcess } from "../testing/processes.ts";

const SHOWN = "0)온도 1)종료";

/** Runs a menu on some input, and gives what it wrote. */
async function run(
  text: string,
  action: () => unknown,
  options: MenuOptions = {},
): Promise<{ output: string[]; log: string[] }> {
  const output: string[] = [];
  const log: string[] = [];
  const menu = new Menu({
    input: new Blob([text]).stream(),
    output: (line) => output.push(line),
    log: (line) => log.push(line),
    ...options,
  });
  menu.add("온도", action);
  menu.add("종료", menu.exit);
  await within("the menu's end", menu.run());
  return { output, log };
}

Deno.test("Menu carries out what is chosen until exit, and reads no further", async () => {
  const input = new Blob(["0\r\n 0 \n1\n0\n"]).stream();
  let count = 0;
  const { output, log } = await run("", () => count++, { input });
  assertEquals({ count, output, log }, {
    count: 2,
    output: [SHOWN, SHOWN, SHOWN],
    log: [],
  });
  const rest = await Array.fromAsync(
    input.pipeThrough(new TextDecoderStream()),
  );
  assertEquals(rest.join(""), "0\n");
});

Deno.test("Menu ends with its input, whose last line may lack its end", async () => {
  let count = 0;
  await run("0\n0", () => count++);
  assertEquals(count, 2);
  assertEquals(await run("", () => count++), { output: [SHOWN], log: [] });
  assertEquals(count, 2);
});

Deno.test("Menu says what it doesn't know, and asks again", async () => {
  let count = 0;
  const long = "1".repeat(70);
  const { output, log } = await run(
    `2\n-1\n온도\n\n0x0\n\x1b[31m\n${long}\n0\n`,
    () => count++,
  );
  const choices = [
    '"2"',
    '"-1"',
    '"온도"',
    '""',
    '"0x0"',
    '"\\x1b[31m"',
    `"${long.slice(0, 60)}…"`,
  ];
  assertEquals(
    log,
    choices.map((choice) =>
      `Choice ${choice} is unknown: type a number from 0 to 1`
    ),
  );
  assertEquals(output, Array(choices.length + 2).fill(SHOWN));
  assertEquals(count, 1);
});

Deno.test("Menu waits for an action that returns a promise", async () => {
  const events: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await run("0\n", async () => {
    setTimeout(resolve);
    await promise;
    events.push("done");
  }, { output: () => events.push("shown") });
  assertEquals(events, ["shown", "done", "shown"]);
});

Deno.test("Menu tells an action's error in a line, and goes on", async () => {
  const errors = [
    new Error("no\n  connection"),
    Promise.reject("out of range"),
  ];
  const { output, log } = await run("0\n0\n", () => {
    const error = errors.shift();
    if (error instanceof Error) throw error;
    return error;
  });
  assertEquals(log, [
    "온도 failed: no connection",
    "온도 failed: out of range",
  ]);
  assertEquals(output, [SHOWN, SHOWN, SHOWN]);
});

Deno.test("Menu ends when aborted while it waits", async () => {
  const stop = new AbortController();
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({ type: "bytes" });
  setTimeout(() => stop.abort());
  const { output } = await run("", () => {}, { input, signal: stop.signal });
  assertEquals(output, [SHOWN]);
});

Deno.test("Menu lets an action finish that is aborted, and shows no more", async () => {
  const stop = new AbortController();
  let finished = false;
  const { output } = await run("0\n0\n", async () => {
    stop.abort();
    await new Promise<void>((resolve) => setTimeout(resolve));
    finished = true;
  }, { signal: stop.signal });
  assertEquals({ output, finished }, { output: [SHOWN], finished: true });
});

Deno.test("Menu runs again after its end", async () => {
  const input = new Blob(["1\n0\n1\n"]).stream();
  let count = 0;
  const menu = new Menu({ input, output: () => {} });
  menu.add("온도", () => count++);
  menu.add("종료", menu.exit);
  await within("the menu's end", menu.run());
  assertEquals(count, 0);
  await within("the menu's end", menu.run());
  assertEquals(count, 1);
});

Deno.test("Menu rejects to run without a choice", async () => {
  await rejection(new Menu().run(), TypeError, "Menu is empty");
});

Deno.test("Menu reads standard input, and leaves what follows to others", async () => {
  await using program = startProcess(Deno.execPath(), [
    "eval",
    "--no-config",
    `import { Menu } from "${import.meta.resolve("./menu.ts")}";
     const menu = new Menu();
     menu.add("온도", () => console.log("평균 온도: 6.5"));
     menu.add("종료", menu.exit);
     await menu.run();
     const rest = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
     console.log((await Array.fromAsync(rest)).join(""));`,
  ]);
  await program.write("0\r\n7\r\n1\r\nrest");
  assertEquals(await program.end(), {
    code: 0,
    stdout: `${SHOWN}\n평균 온도: 6.5\n${SHOWN}\n${SHOWN}\nrest\n`,
    stderr: 'Choice "7" is unknown: type a number from 0 to 1\n',
  });
});
